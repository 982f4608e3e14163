/* SPDX-License-Identifier: MIT */
/* Reading a file once more, for its hash alone. */
#include "input_hash.h"

#include "error.h"
#include "hash.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int hash_file(int fd, const char *path, char sha256[65], struct crmval_error *error)
{
	struct sha256_ctx context;
	uint8_t buffer[65536];
	sha256_init(&context);
	for (;;) {
		ssize_t count = read(fd, buffer, sizeof buffer);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return fail(error, CRMVAL_EIO, "%s: cannot read it for its hash: %s", path, strerror(errno));
		if (count == 0)
			break;
		sha256_update(&context, (size_t)count, buffer);
	}
	hash_text(&context, sha256);
	return CRMVAL_OK;
}

int input_hash(const char *path, enum job_hashing hashing, struct result_input *input, struct crmval_error *error)
{
	struct stat status;
	int code = CRMVAL_OK, fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && (errno == EIO || errno == ENOMEM || errno == EMFILE || errno == ENFILE))
		return fail(error, CRMVAL_EIO, "%s: cannot be opened for its hash: %s", path, strerror(errno));
	if (fd < 0)
		return CRMVAL_OK; /* not a file, but a description of a source */
	if (fstat(fd, &status) < 0) {
		code = fail(error, CRMVAL_EIO, "%s: cannot be looked at for its hash: %s", path, strerror(errno));
	} else if (S_ISREG(status.st_mode)) {
		input->bytes = (uint64_t)status.st_size;
		if (hashing == HASH_ALWAYS || (hashing == HASH_AUTO && input->bytes <= INPUT_HASH_AUTO_BYTES))
			code = hash_file(fd, path, input->sha256, error);
	}
	close(fd);
	return code;
}
