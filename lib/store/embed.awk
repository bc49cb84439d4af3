# Writes the schema's SQL files as one C array, in the order they are given.
# awk -f embed.awk schema/0001-a.sql schema/0002-b.sql > schema_sql.c

BEGIN {
	print "/* Made from schema/ by lib/store/embed.awk; change it there. */"
	print "#include \"store/migrate.h\"\n"
	print "const struct schema_step schema_steps[] = {"
	for (i = 1; i < ARGC; i++)
		embed(ARGV[i])
	print "};\n"
	print "const size_t schema_step_count ="
	print "    sizeof(schema_steps) / sizeof(schema_steps[0]);"
}

function embed(file,	name, line, got)
{
	name = file
	sub(/^.*\//, "", name)
	sub(/\.sql$/, "", name)
	printf "\t{ \"%s\",\n", name
	while ((got = (getline line < file)) > 0) {
		gsub(/\\/, "&&", line)
		gsub(/"/, "\\\"", line)
		gsub(/\t/, "\\t", line)
		printf "\t    \"%s\\n\"\n", line
	}
	if (got < 0) {
		print "embed.awk: cannot read " file > "/dev/stderr"
		exit 1
	}
	close(file)
	print "\t},"
}
