# SPDX-License-Identifier: MIT
"""A page in headless Chromium, by the WebDriver protocol as chromedriver speaks it."""

import base64
import http.client
import json
import os
import shutil
import socket
import subprocess
import tempfile

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]


def is_there():
    return bool(shutil.which("chromium") and shutil.which("chromedriver"))


class Browser:
    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="browser.")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.driver = subprocess.Popen(["chromedriver", "--port=%d" % self.port], stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                       env=dict(os.environ, HOME=self.profile))
        for line in self.driver.stdout:
            if b"started successfully" in line:
                break
        options = {"args": FLAGS + ["--user-data-dir=" + self.profile], "binary": shutil.which("chromium")}
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        self.session = ""
        self.session = self.ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]

    def ask(self, method, path, content=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        where = path if path == "/session" and method == "POST" else "/session/%s%s" % (self.session, path)
        connection.request(method, where, json.dumps(content) if content is not None else None,
                           {"Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())["value"]
        connection.close()
        if isinstance(answer, dict) and "error" in answer:
            raise RuntimeError(answer["error"] + ": " + answer["message"])
        return answer

    def close(self):
        try:
            self.ask("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()
            self.driver.stdout.close()
            shutil.rmtree(self.profile, ignore_errors=True)

    def open(self, path):
        self.logs()
        self.ask("POST", "/url", {"url": "file://" + path})

    def run(self, script, *words):
        """The value of a JavaScript function's body."""
        return self.ask("POST", "/execute/sync", {"script": script, "args": list(words)})

    def tool(self, command, **words):
        """A command of the DevTools protocol."""
        return self.ask("POST", "/goog/cdp/execute", {"cmd": command, "params": words})

    def logs(self):
        """What the console said, and the addresses that were asked for, since the last call."""
        said = [entry["message"] for entry in self.ask("POST", "/se/log", {"type": "browser"})]
        events = [json.loads(entry["message"])["message"] for entry in self.ask("POST", "/se/log", {"type": "performance"})]
        asked = [event["params"]["request"]["url"] for event in events
                 if event["method"] == "Network.requestWillBeSent"]
        return said, asked

    def scheme(self, name, media=""):
        self.tool("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": name}])

    def size(self, width, height, is_phone=False):
        self.tool("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=is_phone)

    def picture(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.tool("Page.captureScreenshot", captureBeyondViewport=True)["data"]))

    def pdf(self):
        return base64.b64decode(self.tool("Page.printToPDF", printBackground=False)["data"])
