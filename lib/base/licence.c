/*
 * Base 32 without look-alikes, as Douglas Crockford has it.
 */
#include "base/licence.h"
#include "base/secret.h"

enum { GROUPS = 6, GROUP = 5, SYMBOLS = GROUPS * GROUP };

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

struct str
licence_new(struct arena *a, struct str prefix)
{
	unsigned char	 dice[SYMBOLS];
	char		 text[SYMBOLS + GROUPS];
	size_t		 n = 0;

	secret_random(dice, sizeof(dice));
	for (size_t i = 0; i < SYMBOLS; i++) {
		if (i > 0 && i % GROUP == 0)
			text[n++] = '-';
		text[n++] = alphabet[dice[i] % (sizeof(alphabet) - 1)];
	}
	return arena_text(a, "%.*s%.*s", STR_FMT(prefix), (int)n, text);
}

static char
capital(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* What was meant by a character; 0 when nothing of ours. */
static char
symbol(char c)
{
	c = capital(c);
	if (c == 'O')
		return '0';
	if (c == 'I' || c == 'L')
		return '1';
	return c != '\0' && strchr(alphabet, c) != NULL ? c : '\0';
}

/* The last symbols are the key; what stands before them is the prefix. */
bool
licence_plain(struct arena *a, struct str typed, struct str *plain)
{
	char	 text[SYMBOLS], *head;
	size_t	 n = SYMBOLS, end = typed.len;

	for (; n > 0 && end > 0; end--) {
		char c = typed.at[end - 1];

		if (c == '-' || c == ' ')
			continue;
		text[n - 1] = symbol(c);
		if (text[--n] == '\0')
			return false;
	}
	if (n > 0)
		return false;
	while (end > 0 && (typed.at[end - 1] == '-' ||
	    typed.at[end - 1] == ' '))
		end--;
	typed = str_trim(str_part(typed, 0, end));
	head = arena_take(a, typed.len + 1, 1);
	for (size_t i = 0; i < typed.len; i++)
		head[i] = capital(typed.at[i]);
	*plain = arena_text(a, "%.*s-%.*s", (int)typed.len, head, SYMBOLS,
	    text);
	return true;
}
