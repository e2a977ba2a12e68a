/* Bundle files: sections behind a table of digests, and names of rules from the manifest. */
#include "lictor.h"
#include "private.h"

#include <msgpack.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER = 16, ENTRY = 56, SECTIONS_MOST = 5, MANIFEST = 0, PROGRAM = 1 };

struct section {
	const uint8_t *at;
	size_t size;
};

static uint32_t get32(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint64_t get64(const uint8_t *at)
{
	return get32(at) | (uint64_t)get32(at + 4) << 32;
}

/* The table, the place and the digest of each. There is one way to write the same sections. */
static bool read_sections(const uint8_t *file, size_t size, struct section *sections)
{
	if (size < HEADER || memcmp(file, "LICTORB", 8))
		return false;
	uint32_t format = get32(file + 8), count = get32(file + 12);
	if (!(format == 1 && count == 4) && !(format == 2 && count == 5))
		return false;
	uint64_t end = HEADER + (uint64_t)count * ENTRY;
	if (size < end)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		const uint8_t *entry = file + HEADER + i * ENTRY;
		uint64_t length = get64(entry + 16);
		uint8_t digest[SHA256_DIGEST_LENGTH];
		if (get32(entry) != i || get32(entry + 4) || get64(entry + 8) != end || length > size - end)
			return false;
		uint64_t next = (end + length + 7) & ~(uint64_t)7;
		if (next > size)
			return false;
		SHA256(file + end, length, digest);
		if (memcmp(digest, entry + 24, sizeof digest))
			return false;
		for (uint64_t at = end + length; at < next; at++)
			if (file[at])
				return false;
		sections[i] = (struct section){file + end, length};
		end = next;
	}
	return end == size;
}

static const msgpack_object *member(const msgpack_object *map, const char *name)
{
	for (uint32_t i = 0; map && map->type == MSGPACK_OBJECT_MAP && i < map->via.map.size; i++) {
		const msgpack_object_kv *one = &map->via.map.ptr[i];
		if (one->key.type == MSGPACK_OBJECT_STR && one->key.via.str.size == strlen(name) &&
		    !memcmp(one->key.via.str.ptr, name, one->key.via.str.size))
			return &one->val;
	}
	return NULL;
}

static const msgpack_object *list(const msgpack_object *map, const char *name)
{
	const msgpack_object *found = member(map, name);

	return found && found->type == MSGPACK_OBJECT_ARRAY ? found : NULL;
}

static const msgpack_object *text(const msgpack_object *map, const char *name)
{
	const msgpack_object *found = member(map, name);

	return found && found->type == MSGPACK_OBJECT_STR ? found : NULL;
}

static bool read_names(lictor_bundle *bundle, const msgpack_object *manifest)
{
	const msgpack_object *policies = list(manifest, "policies"), *rules = list(manifest, "rules");

	if (!policies || !rules)
		return false;
	bundle->rule = calloc(rules->via.array.size + 1, sizeof *bundle->rule);
	if (!bundle->rule)
		return false;
	for (; bundle->rules < rules->via.array.size; bundle->rules++) {
		const msgpack_object *rule = &rules->via.array.ptr[bundle->rules];
		const msgpack_object *number = member(rule, "policy"), *name = text(rule, "name");
		if (!name || !number || number->type != MSGPACK_OBJECT_POSITIVE_INTEGER ||
		    number->via.u64 >= policies->via.array.size)
			return false;
		const msgpack_object *policy = text(&policies->via.array.ptr[number->via.u64], "name");
		if (!policy)
			return false;
		size_t size = (size_t)policy->via.str.size + 1 + name->via.str.size + 1;
		char *joined = malloc(size);
		if (!joined)
			return false;
		snprintf(joined, size, "%.*s/%.*s", (int)policy->via.str.size, policy->via.str.ptr, (int)name->via.str.size,
			 name->via.str.ptr);
		bundle->rule[bundle->rules] = (struct rule){number->via.u64, joined};
	}
	return true;
}

static bool read_manifest(lictor_bundle *bundle, struct section section)
{
	msgpack_unpacked unpacked;
	size_t at = 0;

	msgpack_unpacked_init(&unpacked);
	bool read = msgpack_unpack_next(&unpacked, (const char *)section.at, section.size, &at) == MSGPACK_UNPACK_SUCCESS &&
		    read_names(bundle, &unpacked.data);
	msgpack_unpacked_destroy(&unpacked);
	return read;
}

int lictor_bundle_read(const void *file, size_t size, lictor_bundle **bundle)
{
	struct section sections[SECTIONS_MOST];
	uint8_t digest[SHA256_DIGEST_LENGTH];

	*bundle = NULL;
	if (!read_sections(file, size, sections))
		return LICTOR_ERROR_BUNDLE;
	lictor_bundle *read = calloc(1, sizeof *read);
	if (!read)
		return LICTOR_STATUS_MEMORY;
	SHA256(file, size, digest);
	for (size_t i = 0; i < sizeof digest; i++)
		snprintf(read->digest + 2 * i, 3, "%02x", digest[i]);
	read->program_size = sections[PROGRAM].size;
	read->program = malloc(read->program_size + 1);
	if (!read->program || !read_manifest(read, sections[MANIFEST])) {
		lictor_bundle_free(read);
		return LICTOR_ERROR_BUNDLE;
	}
	memcpy(read->program, sections[PROGRAM].at, read->program_size);
	*bundle = read;
	return 0;
}

void lictor_bundle_free(lictor_bundle *bundle)
{
	if (!bundle)
		return;
	for (size_t i = 0; i < bundle->rules; i++)
		free(bundle->rule[i].name);
	free(bundle->rule);
	free(bundle->program);
	free(bundle);
}

const char *lictor_bundle_digest(const lictor_bundle *bundle)
{
	return bundle->digest;
}

const char *lictor_rule_name(const lictor_bundle *bundle, uint32_t rule)
{
	return rule < bundle->rules ? bundle->rule[rule].name : NULL;
}

uint32_t lictor_rule_policy(const lictor_bundle *bundle, uint32_t rule)
{
	return rule < bundle->rules ? bundle->rule[rule].policy : LICTOR_NO_POLICY;
}
