# Writes recorded deliveries as one C array, in the order they are given.
# awk -f examples.awk tests/fixtures/stripe/*.json > examples_json.c

BEGIN {
	print "/* Made from tests/fixtures by lib/provider/examples.awk. */"
	print "#include \"provider/example.h\"\n"
	print "const struct example examples[] = {"
	for (i = 1; i < ARGC; i++)
		embed(ARGV[i])
	print "};\n"
	print "const size_t example_count ="
	print "    sizeof(examples) / sizeof(examples[0]);"
}

function embed(file,	parts, n, name, line, got)
{
	n = split(file, parts, "/")
	name = parts[n]
	sub(/\.json$/, "", name)
	printf "\t{ \"%s\", \"%s\",\n", parts[n - 1], name
	while ((got = (getline line < file)) > 0) {
		gsub(/\\/, "&&", line)
		gsub(/"/, "\\\"", line)
		gsub(/\t/, "\\t", line)
		printf "\t    \"%s\\n\"\n", line
	}
	if (got < 0) {
		print "examples.awk: cannot read " file > "/dev/stderr"
		exit 1
	}
	close(file)
	print "\t},"
}
