# shellcheck shell=bash
# Builds the unit tests of lib/core by hand, with as little else as they need.
# For scripts that want them built in their own way; they set $top and source
# this file.

: "${top:?}"
core_cc=${CC:-gcc}
core_flags=(-std=gnu17 -D_GNU_SOURCE "-I$top/lib" "-I$top/tests"
    "-DTESTS_DIR=\"$top/tests\"")
# shellcheck disable=SC2207 # lists of flags
core_flags+=($(pkg-config --cflags json-c yaml-0.1 cunit))
# shellcheck disable=SC2207
core_libs=($(pkg-config --libs json-c yaml-0.1 libcrypto cunit))

# The suites whose tests are in tests/unit/core.
core_suites() {
	sed -n 's/^CU_TestInfo \([a-z_]*\)_tests\[\].*/\1/p' \
	    "$top"/tests/unit/core/*.c
}

# core_compile SOURCE OBJECT [flag ...]
core_compile() {
	local source=$1 object=$2
	shift 2
	"$core_cc" "$@" "${core_flags[@]}" -c -o "$object" "$source"
}

# core_link PROGRAM OBJECT ... [flag ...]
core_link() {
	local program=$1
	shift
	"$core_cc" -o "$program" "$@" "${core_libs[@]}"
}

# core_build DIR [flag ...]: DIR/unit/program from DIR/<folder>-<name>.o.
core_build() {
	local dir=$1 source name running=0
	shift
	mkdir -p "$dir/unit"
	core_suites > "$dir/suites"
	awk 'FNR == NR { keep["X(" $1 ")"] = 1; next }
	    /^\tX\(/ && !($1 in keep) { next } { print }' \
	    "$dir/suites" "$top/tests/unit/unit.h" > "$dir/unit/unit.h"
	for source in "$top"/lib/{base,core,provider,wire}/*.c \
	    "$top"/tests/unit/core/*.c "$top/tests/unit/main.c" \
	    "$top/tests/unit/provider/told.c"; do
		name=${source%.c}
		name=${name##*/}
		# Needs what make generates, and decides nothing.
		[ "$name" != example ] || continue
		core_compile "$source" "$dir/$(basename "${source%/*}")-$name.o" \
		    -I"$dir" "$@" || return 1 &
		running=$((running + 1))
		[ $running -lt "$(nproc)" ] || { wait -n || return 1; }
	done
	wait
	core_link "$dir/unit/program" "$dir"/*.o "$@"
}
