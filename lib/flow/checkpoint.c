/*
 * One line for each checkpoint: making, sealing, appending and reading it.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/guard.h"
#include "base/text.h"
#include "flow/checkpoint.h"

enum {
	SETTLED_SECONDS = 60,		/* by then no transaction is open */
	TAIL_BYTES = 512,		/* more than any line has */
};

static void
close_fd(const int *fd)
{
	if (*fd != -1)
		close(*fd);
}

struct str
flow_checkpoint_path(struct flow *f)
{
	return arena_text(f->arena, "%.*s/audit.checkpoints",
	    STR_FMT(f->conf->var));
}

/* --- The line ---------------------------------------------------------- */

static struct str
body_of(struct arena *a, const struct audit_root *r)
{
	return arena_text(a, "%.*s %lld %lld %.*s",
	    STR_FMT(text_time(a, r->upto)), (long long)r->users,
	    (long long)r->records,
	    STR_FMT(text_hex(a, r->root.byte, SHA256_BYTES)));
}

/* The leading word keeps it apart from what else the key signs. */
static struct digest
seal_of(struct flow *f, struct str body)
{
	const struct str pieces[] = {
		STR("audit-checkpoint|"),
		arena_text(f->arena, "%u", f->seller), STR("|"), body,
	};

	return secret_hmac(f->conf->token_key, pieces, COUNT(pieces));
}

/* Only of a sealed line is anything but the time worth reading. */
static bool
is_sealed(struct flow *f, struct str line)
{
	enum { HEX = 2 * SHA256_BYTES };
	struct digest seal, ours;
	size_t body = line.len < HEX + 1 ? 0 : line.len - HEX - 1;

	if (body == 0 || line.at[body] != ' ' ||
	    !text_unhex(str_part(line, body + 1, HEX), seal.byte,
	    SHA256_BYTES))
		return false;
	ours = seal_of(f, str_part(line, 0, body));
	return secret_same(&seal, &ours);
}

static bool
line_read(struct str line, struct audit_root *out)
{
	struct str time = str_cut(&line, ' ');
	struct str users = str_cut(&line, ' ');
	struct str records = str_cut(&line, ' ');
	struct str root = str_cut(&line, ' ');

	return text_untime(time, &out->upto) &&
	    str_int64(users, &out->users) &&
	    str_int64(records, &out->records) &&
	    text_unhex(root, out->root.byte, SHA256_BYTES);
}

/* --- The file ---------------------------------------------------------- */

static enum rc
append(struct str path, struct str text, struct err *e)
{
	GUARD(close_fd) int fd = open(path.at,
	    O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd != -1 && write(fd, text.at, text.len) == (ssize_t)text.len &&
	    fsync(fd) == 0)
		return RC_OK;
	return err_set(e, RC_BROKEN, "Run as the owner of var.",
	    "cannot write %.*s: %s", STR_FMT(path), strerror(errno));
}

static struct str
last_line(struct str text)
{
	struct str line = STR_NONE;

	while (text.len > 0 && text.at[text.len - 1] == '\n')
		text.len--;
	while (text.at != NULL)
		line = str_cut(&text, '\n');
	return line;
}

/* The last line; empty when there is no file, or nothing in it. */
static enum rc
newest(struct arena *a, struct str path, struct str *out, struct err *e)
{
	GUARD(close_fd) int fd = open(arena_keep(a, path).at,
	    O_RDONLY | O_CLOEXEC);
	char *text = arena_take(a, TAIL_BYTES, 1);
	off_t size = fd == -1 ? -1 : lseek(fd, 0, SEEK_END);
	ssize_t n = -1;

	*out = STR_NONE;
	if (fd == -1 && errno == ENOENT)
		return RC_OK;
	if (size != -1)
		n = pread(fd, text, TAIL_BYTES,
		    size > TAIL_BYTES ? size - TAIL_BYTES : 0);
	if (n == -1)
		return err_set(e, RC_BROKEN, NULL, "cannot read %.*s: %s",
		    STR_FMT(path), strerror(errno));
	*out = last_line((struct str){ text, (size_t)n });
	return RC_OK;
}

/* --- Adding and checking ----------------------------------------------- */

enum rc
flow_checkpoint_add(struct flow *f, struct str *line, struct err *e)
{
	int64_t upto = f->now - SETTLED_SECONDS * SECOND;
	struct audit_root root;
	struct digest seal;
	struct str body, whole;

	TRY(flow_audit_root(f, upto - upto % SECOND, &root, e));
	body = body_of(f->arena, &root);
	seal = seal_of(f, body);
	whole = arena_text(f->arena, "%.*s %.*s\n", STR_FMT(body),
	    STR_FMT(text_hex(f->arena, seal.byte, SHA256_BYTES)));
	TRY(append(flow_checkpoint_path(f), whole, e));
	*line = str_part(whole, 0, whole.len - 1);
	return RC_OK;
}

static struct str
compare(struct arena *a, const struct audit_root *then,
    const struct audit_root *now)
{
	struct str time = text_time(a, then->upto);

	if (now->users != then->users || now->records != then->records)
		return arena_text(a, "checkpoint of %.*s: of %lld users and "
		    "%lld records there are %lld and %lld", STR_FMT(time),
		    (long long)then->users, (long long)then->records,
		    (long long)now->users, (long long)now->records);
	if (!secret_same(&now->root, &then->root))
		return arena_text(a, "checkpoint of %.*s: records from before "
		    "it were changed", STR_FMT(time));
	return STR_NONE;
}

static struct str
not_ours(struct arena *a, struct str line)
{
	struct str word = str_cut(&line, ' ');
	int64_t upto = 0;

	return arena_text(a, "checkpoint of %.*s: the line was changed, or "
	    "sealed with another token_key", STR_FMT(text_untime(word, &upto) ?
	    text_time(a, upto) : STR("an unknown time")));
}

enum rc
flow_checkpoint_check(struct flow *f, struct str path, bool *found,
    struct str *fault, struct err *e)
{
	struct audit_root then, now;
	struct str line;

	TRY(newest(f->arena, path, &line, e));
	*found = line.len > 0;
	*fault = STR_NONE;
	if (!*found)
		return RC_OK;
	if (!is_sealed(f, line) || !line_read(line, &then)) {
		*fault = not_ours(f->arena, line);
		return RC_OK;
	}
	TRY(flow_audit_root(f, then.upto, &now, e));
	*fault = compare(f->arena, &then, &now);
	return RC_OK;
}
