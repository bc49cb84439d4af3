/* Promises of base/arena.h. */
#include <signal.h>
#include <stdalign.h>
#include <sys/wait.h>

#include "unit/unit.h"

static void
memory_is_zeroed_aligned_and_apart(void)
{
	struct arena	*a = unit_arena();
	unsigned char	*before = NULL;
	size_t		 used = 0;

	for (size_t size = 0; size < 3000; size++) {
		unsigned char	*at = arena_take(a, size, 1);
		size_t		 set = 0;

		while (used % alignof(max_align_t) != 0)
			used++;
		used += size;

		CU_ASSERT_PTR_NOT_NULL_FATAL(at);
		CU_ASSERT_EQUAL((uintptr_t)at % alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			set += at[i] != 0;
		CU_ASSERT_EQUAL(set, 0);
		memset(at, 0xff, size);
		if (before != NULL && size > 1)
			CU_ASSERT_EQUAL(before[size - 2], 0xff);
		before = at;
	}
	CU_ASSERT_TRUE(arena_used(a) >= used &&
	    arena_used(a) < used + alignof(max_align_t));
}

static void
after_a_reset_the_first_block_serves_again_zeroed(void)
{
	struct arena	*a = arena_new("test", 1024 * 1024);
	char		*first = arena_take(a, 100, 1);

	memset(first, 'x', 100);
	memset(arena_take(a, 1, 500 * 1024), 'x', 500 * 1024);
	arena_reset(a);
	CU_ASSERT_EQUAL(arena_used(a), 0);
	CU_ASSERT_PTR_EQUAL(arena_take(a, 100, 1), first);
	CU_ASSERT_EQUAL(first[0] | first[99], 0);
	arena_free(&a);
	CU_ASSERT_PTR_NULL(a);
	arena_free(&a);
}

static void
all_of_the_ceiling_can_be_used_again_and_again(void)
{
	struct arena	*a = arena_new("test", 300 * 1024);

	for (int round = 0; round < 50; round++) {
		for (int i = 0; i < 300; i++)
			memset(arena_take(a, 1024, 1), round, 1024);
		CU_ASSERT_EQUAL(arena_used(a), 300 * 1024);
		arena_reset(a);
	}
	arena_free(&a);
}

static void
take_beyond_the_ceiling(void)
{
	struct arena	*a = arena_new("small", 1008);

	arena_take(a, 1000, 1);
	arena_take(a, 1, 1);
}

static void
take_more_than_can_be_counted(void)
{
	arena_take(unit_arena(), SIZE_MAX / 2, 3);
}

static void
beyond_the_ceiling_the_process_stops(void)
{
	char	said[1000];
	int	status = unit_child(take_beyond_the_ceiling, said,
		    sizeof(said));

	CU_ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "arena 'small'"));
	status = unit_child(take_more_than_can_be_counted, said,
	    sizeof(said));
	CU_ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void
a_kept_text_is_a_copy_with_a_nul_behind(void)
{
	struct arena	*a = unit_arena();
	char		 theirs[] = "abc";
	struct str	 ours = arena_keep(a, str_of(theirs));

	theirs[0] = 'x';
	SAME(ours, "abc");
	CU_ASSERT_EQUAL(ours.at[3], '\0');
	CU_ASSERT_STRING_EQUAL(arena_keep(a, STR_NONE).at, "");
	CU_ASSERT_EQUAL(arena_keep(a, STR("a\0b")).len, 3);
}

static void
a_formatted_text_has_its_length(void)
{
	struct arena	*a = unit_arena();
	struct str	 s = arena_text(a, "%s-%d", "us", 7);

	SAME(s, "us-7");
	CU_ASSERT_EQUAL(s.at[s.len], '\0');
	CU_ASSERT_EQUAL(arena_text(a, "%5000d", 1).len, 5000);
	SAME(arena_text(a, "%s", ""), "");
}

CU_TestInfo arena_tests[] = {
	{ "memory is zeroed, aligned and apart",
	    memory_is_zeroed_aligned_and_apart },
	{ "after a reset the first block serves again, zeroed",
	    after_a_reset_the_first_block_serves_again_zeroed },
	{ "all of the ceiling can be used, again and again",
	    all_of_the_ceiling_can_be_used_again_and_again },
	{ "beyond the ceiling the process stops",
	    beyond_the_ceiling_the_process_stops },
	{ "a kept text is a copy with a NUL behind",
	    a_kept_text_is_a_copy_with_a_nul_behind },
	{ "a formatted text has its length",
	    a_formatted_text_has_its_length },
	CU_TEST_INFO_NULL
};
