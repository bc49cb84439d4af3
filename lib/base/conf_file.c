/*
 * Files that hold secrets: where the configuration is, and whether nobody
 * else can have written or read it.  What is checked is the descriptor that
 * is then read, so nothing can be swapped in between.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/guard.h"

enum { SECRET_FILE_BYTES_MAX = 4096 };

static void
close_fd(int *fd)
{
	if (*fd != -1)
		close(*fd);
}

static enum rc
cannot_open(const char *path, struct err *e)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
		return err_set(e, RC_MISSING, "Create it, or mend the path.",
		    "there is no file %s", path);
	case ELOOP:
		return err_set(e, RC_NOT_ALLOWED,
		    "Name the file itself, not a link to it.",
		    "%s is a symbolic link", path);
	default:
		return err_set(e, RC_NOT_ALLOWED,
		    "Run as the user that owns it.",
		    "cannot open %s: %s", path, strerror(errno));
	}
}

static enum rc
check_file(const char *path, const struct stat *st, struct err *e)
{
	if (!S_ISREG(st->st_mode))
		return err_set(e, RC_NOT_ALLOWED, "Name a regular file.",
		    "%s is not a regular file", path);
	if (st->st_uid != geteuid() && st->st_uid != 0)
		return err_set(e, RC_NOT_ALLOWED,
		    "Give it to the user that runs this program (chown), or"
		    " run as its owner.",
		    "%s belongs to another user", path);
	if ((st->st_mode & 07777 & ~(mode_t)0640) != 0)
		return err_set(e, RC_NOT_ALLOWED, "chmod 0600, or 0640 for a"
		    " group that may read it.",
		    "%s is open to others: its mode is %04o", path,
		    (unsigned)st->st_mode & 07777);
	return RC_OK;
}

/* The directory of path; "." for a bare name. */
static struct str
folder_of(struct str path)
{
	while (path.len > 0 && path.at[path.len - 1] != '/')
		path.len--;
	while (path.len > 1 && path.at[path.len - 1] == '/')
		path.len--;
	return path.len == 0 ? STR(".") : path;
}

static enum rc
check_folder(const char *path, struct err *e)
{
	struct str	folder = folder_of(str_of(path));
	char		text[PATH_MAX];
	struct stat	st;

	if (folder.len >= sizeof(text))
		return err_set(e, RC_NOT_ALLOWED, NULL, "the path is too long");
	memcpy(text, folder.at, folder.len);
	text[folder.len] = '\0';
	if (stat(text, &st) == -1)
		return cannot_open(text, e);
	if ((st.st_mode & S_IWOTH) != 0)
		return err_set(e, RC_NOT_ALLOWED,
		    "chmod o-w, or move the file to a directory of its own.",
		    "everybody may write to %s, where %s is", text, path);
	return RC_OK;
}

/* Open and check; the descriptor is the caller's only on success. */
static enum rc
open_checked(const char *path, int *out, struct err *e)
{
	/* O_NONBLOCK: a pipe by that name must not hold us up. */
	GUARD(close_fd) int fd = open(path,
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat	st;

	if (fd == -1)
		return cannot_open(path, e);
	must(fstat(fd, &st) == 0);
	TRY(check_file(path, &st, e));
	TRY(check_folder(path, e));
	*out = fd;
	fd = -1;
	return RC_OK;
}

enum rc
conf_file_check(const char *path, struct err *e)
{
	GUARD(close_fd) int fd = -1;

	return open_checked(path, &fd, e);
}

enum rc
conf_file_read(struct arena *a, const char *path, size_t bytes_max,
    struct str *out, struct err *e)
{
	GUARD(close_fd) int fd = -1;
	char	*text;
	size_t	 len = 0;
	ssize_t	 n;

	TRY(open_checked(path, &fd, e));
	text = arena_take(a, bytes_max + 1, 1);
	while ((n = read(fd, text + len, bytes_max + 1 - len)) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return err_set(e, RC_BROKEN, NULL,
			    "cannot read %s: %s", path, strerror(errno));
		len += (size_t)n;
		if (len > bytes_max)
			return err_set(e, RC_NOT_ALLOWED, NULL,
			    "%s has more than %zu bytes", path, bytes_max);
	}
	text[len] = '\0';
	*out = (struct str){ text, len };
	return RC_OK;
}

enum rc
conf_secret_from_file(struct arena *a, struct str path, struct str *out,
    struct err *e)
{
	struct str	text;

	if (path.len == 0 || path.at[0] != '/')
		return err_set(e, RC_INVALID_VALUE,
		    "Write the whole path: file:/path/of/the/secret.",
		    "a secret's file needs an absolute path");
	if (memchr(path.at, '\0', path.len) != NULL)
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "a secret's path has a NUL in it");
	TRY(conf_file_read(a, arena_keep(a, path).at, SECRET_FILE_BYTES_MAX,
	    &text, e));
	if (str_ends(text, STR("\n")))
		text.len--;
	if (str_ends(text, STR("\r")))
		text.len--;
	if (text.len == 0)
		return err_set(e, RC_INVALID_VALUE, "Write the secret into it.",
		    "the secret's file %.*s is empty", STR_FMT(path));
	*out = text;
	return RC_OK;
}

enum rc
conf_outside_check(const char *path, const char *document_root,
    struct err *e)
{
	char	file[PATH_MAX], root[PATH_MAX];
	size_t	len;

	if (document_root == NULL || document_root[0] == '\0' ||
	    realpath(document_root, root) == NULL)
		return RC_OK;		/* nothing is served from there */
	if (realpath(path, file) == NULL)
		return cannot_open(path, e);
	len = strlen(root);
	if (strncmp(file, root, len) != 0 ||
	    (file[len] != '/' && len > 1))
		return RC_OK;
	return err_set(e, RC_NOT_ALLOWED,
	    "Move it out of the web server's document root.",
	    "the web server could give %s away", path);
}
