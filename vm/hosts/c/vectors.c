/* Runs the conformance vectors (vm/vectors/README.md): vectors FOLDER. Several threads at once, each with VMs of its own. */
#include "lictor.h"

#include <glob.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 4, NOTES = 4096 };

static const char *folder;
static int failures;

static void fail(const char *name, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "%s: ", name);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	__atomic_add_fetch(&failures, 1, __ATOMIC_RELAXED);
}

struct bytes {
	uint8_t *at, *start;
	size_t left;
};

static struct bytes read_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct bytes all = {0};

	if (!file || fseek(file, 0, SEEK_END)) {
		perror(path);
		exit(1);
	}
	all.left = ftell(file);
	rewind(file);
	all.at = all.start = malloc(all.left + 1);
	if (!all.at || fread(all.at, 1, all.left, file) != all.left)
		exit(1);
	fclose(file);
	return all;
}

static const uint8_t *take(struct bytes *from, size_t size)
{
	if (size > from->left) {
		fprintf(stderr, "a file of steps is cut\n");
		exit(1);
	}
	from->at += size;
	from->left -= size;
	return from->at - size;
}

static uint32_t word(struct bytes *from)
{
	uint32_t value;
	memcpy(&value, take(from, sizeof value), sizeof value);
	return value;
}

static uint64_t key(struct bytes *from)
{
	uint64_t value;
	memcpy(&value, take(from, sizeof value), sizeof value);
	return value;
}

/* Holds a list of the file against numbers; `bit`: of those that have it. */
static void same_list(const char *name, struct bytes *step, const uint32_t *said, int count, uint32_t bit)
{
	uint32_t wanted = word(step), found = 0;

	for (int i = 0; i < count; i++) {
		if (bit && !(said[i] & bit))
			continue;
		if (found++ == wanted || word(step) != (bit ? said[i] & LICTOR_NOTE_NUMBER : said[i]))
			return fail(name, "a list differs");
	}
	if (found != wanted)
		fail(name, "a list has %u numbers, not %u", found, wanted);
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static int check(const char *name, lictor_vm *vm, struct bytes *step, uint32_t i, lictor_verdict said)
{
	static _Thread_local uint32_t noted[NOTES];
	lictor_verdict wanted;

	memcpy(&wanted, take(step, sizeof wanted), sizeof wanted);
	if (memcmp(&said, &wanted, sizeof said)) {
		fail(name, "a verdict is %u by rule %u, not %u by %u", said.action, said.rule, wanted.action, wanted.rule);
		return -1;
	}
	if (!(wanted.flags & (LICTOR_FLAG_MATCHES | LICTOR_FLAG_ASSUMED)))
		return 0;
	int count = wanted.flags & LICTOR_FLAG_MATCHES ? lictor_matches(vm, i, noted, NOTES) : 0;
	if (count < 0 || count > NOTES)
		return -1;
	same_list(name, step, noted, count, LICTOR_NOTE_ACTUAL);
	same_list(name, step, noted, count, LICTOR_NOTE_AS_IF);
	count = wanted.flags & LICTOR_FLAG_ASSUMED ? lictor_assumed(vm, i, noted, NOTES) : 0;
	if (count < 0 || count > NOTES)
		return -1;
	qsort(noted, count, sizeof *noted, by_number);
	same_list(name, step, noted, count, 0);
	return 0;
}

static uint32_t evaluate(const char *name, lictor_vm *vm, bool ring, struct bytes *step)
{
	uint32_t size = word(step), count = word(step), done = 0;
	const uint8_t *records = take(step, size);
	const lictor_verdict *verdicts;
	size_t offset = 0;
	void *input = lictor_input(vm, size);

	if (!input) {
		fail(name, "no memory");
		return 0;
	}
	memcpy(input, records, size);
	while (done < count) {
		int n = ring ? lictor_evaluate_ring(vm, 0, size, &verdicts) : lictor_evaluate(vm, offset, size, &verdicts);
		if (n <= 0 || (uint32_t)n > count - done) {
			fail(name, "evaluate: %d", n);
			return done;
		}
		/* they are valid until the VM's next call */
		lictor_verdict *said = malloc(n * sizeof *said);
		memcpy(said, verdicts, n * sizeof *said);
		for (int i = 0; i < n; i++, done++) {
			uint32_t bytes;
			if (check(name, vm, step, i, said[i]) < 0) {
				free(said);
				return done;
			}
			memcpy(&bytes, records + offset, sizeof bytes);
			offset += ring ? 0 : bytes;
		}
		free(said);
		if (ring)
			break;
	}
	if (done != count)
		fail(name, "%u verdicts, not %u", done, count);
	return done;
}

static uint32_t run_steps(const char *name, const lictor_bundle *bundle, lictor_vm *vm, struct bytes all)
{
	uint32_t verdicts = 0;

	if (memcmp(take(&all, 8), "LICTORV1", 8)) {
		fail(name, "not a file of steps");
		return 0;
	}
	while (all.left) {
		uint32_t code = word(&all), length = word(&all);
		struct bytes step = {.at = (uint8_t *)take(&all, length), .left = length};
		take(&all, -length & 3);
		switch (code) {
		case 1: case 2: {
			uint64_t of = key(&step);
			int status = (int)word(&step), said = code == 1 ? lictor_put_workload(vm, of, step.at, step.left)
									: lictor_put_subject(vm, of, step.at, step.left);
			if (said != status)
				fail(name, "facts are put with status %d, not %d", said, status);
			break;
		}
		case 3: case 4: {
			uint64_t of = key(&step);
			if (code == 3 ? lictor_drop_workload(vm, of) : lictor_drop_subject(vm, of))
				fail(name, "facts are not dropped");
			break;
		}
		case 5: case 6:
			verdicts += evaluate(name, vm, code == 6, &step);
			break;
		case 7: {
			uint32_t rule = word(&step), policy = word(&step);
			const char *said = lictor_rule_name(bundle, rule);
			if (!said || strlen(said) != step.left || memcmp(said, step.at, step.left) ||
			    lictor_rule_policy(bundle, rule) != policy)
				fail(name, "rule %u is %s", rule, said ? said : "none");
			break;
		}
		default:
			fail(name, "no step has the code %u", code);
		}
	}
	return verdicts;
}

/* A file of steps, and the bundle beside it. */
static uint32_t run_vector(const char *path)
{
	char other[4096];
	lictor_bundle *bundle;
	lictor_vm *vm;
	int stem = strlen(path) - strlen(".steps");

	snprintf(other, sizeof other, "%.*s.lictor", stem, path);
	struct bytes file = read_file(other), steps = read_file(path);
	uint32_t verdicts = 0;
	int error = lictor_bundle_read(file.at, file.left, &bundle);
	if (error) {
		fail(path, "%s", lictor_error(error));
	} else {
		error = lictor_vm_new(bundle, &vm);
		if (error)
			fail(path, "%s", lictor_error(error));
		else
			verdicts = run_steps(path, bundle, vm, steps);
		lictor_vm_free(vm);
	}
	lictor_bundle_free(bundle);
	free(file.start);
	free(steps.start);
	return verdicts;
}

static glob_t files;
static uint32_t verdicts, next_file;

static void *work(void *unused)
{
	(void)unused;
	for (uint32_t i; (i = __atomic_fetch_add(&next_file, 1, __ATOMIC_RELAXED)) < files.gl_pathc;)
		__atomic_add_fetch(&verdicts, run_vector(files.gl_pathv[i]), __ATOMIC_RELAXED);
	return NULL;
}

static void run_vectors(void)
{
	pthread_t threads[THREADS];
	char pattern[4096];

	snprintf(pattern, sizeof pattern, "%s/*.steps", folder);
	if (glob(pattern, 0, NULL, &files)) {
		fail(pattern, "no vectors");
		return;
	}
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, work, NULL);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	printf("%zu bundles, %u verdicts\n", files.gl_pathc, verdicts);
	globfree(&files);
}

static void run_refused(void)
{
	char path[4096], line[1024], name[512], by[64];
	int count = 0;

	snprintf(path, sizeof path, "%s/refused.tsv", folder);
	FILE *table = fopen(path, "r");
	while (table && fgets(line, sizeof line, table) && sscanf(line, "%511[^\t]\t%63[^\t]", name, by) == 2) {
		lictor_bundle *bundle;
		lictor_vm *vm = NULL;
		snprintf(path, sizeof path, "%s/refused/%s.lictor", folder, name);
		struct bytes file = read_file(path);
		int wanted = strcmp(by, "container") ? atoi(by) : LICTOR_ERROR_BUNDLE;
		int error = lictor_bundle_read(file.at, file.left, &bundle);
		if (!error)
			error = lictor_vm_new(bundle, &vm);
		if (error != wanted)
			fail(name, "%s, not %s", lictor_error(error), lictor_error(wanted));
		lictor_vm_free(vm);
		lictor_bundle_free(bundle);
		free(file.start);
		count++;
	}
	if (table)
		fclose(table);
	if (count == 0)
		fail(folder, "no vectors");
	printf("%d files refused\n", count);
}

/* What the writer makes, the module believes; what does not fit, is not written. */
static void run_records(void)
{
	uint8_t bytes[1024];
	lictor_record r;
	char longer[5000] = {0};
	static const char *const args[] = {"sh", "-c", "true"};
	const lictor_verdict *said;
	lictor_bundle *bundle;
	lictor_vm *vm = NULL;
	char path[4096];

	snprintf(path, sizeof path, "%s/random-0.lictor", folder);
	struct bytes file = read_file(path);
	if (lictor_bundle_read(file.at, file.left, &bundle) || lictor_vm_new(bundle, &vm)) {
		fail(path, "is not read");
		return;
	}
	lictor_record_begin(&r, bytes, sizeof bytes, LICTOR_KIND_EXEC, 4);
	lictor_record_time(&r, 1);
	lictor_record_subject(&r, 7);
	lictor_record_workload(&r, 9);
	lictor_record_text(&r, LICTOR_FIELD_PROC_PATH, "/bin/sh", 7);
	lictor_record_list(&r, LICTOR_FIELD_PROC_ARGS, args, 3);
	lictor_record_number(&r, LICTOR_FIELD_PROC_UID, (uint64_t)-1);
	size_t size = lictor_record_end(&r);
	void *input = size ? lictor_input(vm, size) : NULL;
	if (!input)
		fail("record", "does not fit");
	else
		memcpy(input, bytes, size);
	if (input && (lictor_evaluate(vm, 0, size, &said) != 1 || said->flags & LICTOR_FLAG_MALFORMED))
		fail("record", "is not well formed");
	lictor_record_begin(&r, bytes, sizeof bytes, LICTOR_KIND_FILE_READ, 1);
	lictor_record_text(&r, LICTOR_FIELD_FILE_PATH, longer, sizeof longer);
	if (lictor_record_end(&r))
		fail("record", "takes a text that is too long");
	lictor_record_begin(&r, bytes, sizeof bytes, LICTOR_KIND_EXEC, 2);
	lictor_record_number(&r, LICTOR_FIELD_PROC_UID, 1);
	lictor_record_number(&r, LICTOR_FIELD_PROC_UID, 2);
	if (lictor_record_end(&r))
		fail("record", "takes a field twice");
	lictor_vm_free(vm);
	lictor_bundle_free(bundle);
	free(file.start);
}

int main(int count, char **args)
{
	if (count != 2) {
		fprintf(stderr, "usage: vectors FOLDER\n");
		return 64;
	}
	folder = args[1];
	run_vectors();
	run_refused();
	run_records();
	return failures ? 1 : 0;
}
