// SPDX-License-Identifier: MIT
/* imactl key show: what is in certificates, with the key id as kernels and signatures name it. */
#include <stdio.h>
#include "certview.h"
#include "complain.h"
#include "escape.h"
#include "json.h"
#include "verbs.h"

static bool json_option;

static void add_id(struct buf *ret, const struct x509_id *id, size_t last)
{
	size_t i = id->len > last ? id->len - last : 0;

	for (; i < id->len; i++)
		buf_printf(ret, "%02x", id->bytes[i]);
}

static void add_time(struct buf *ret, time_t time)
{
	struct tm tm;
	char text[32] = "";

	if (gmtime_r(&time, &tm))
		(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	buf_puts(ret, text);
}

/* One line "  name:   value", with the value escaped; a dash where there is none. */
static void add_row(struct buf *ret, const char *name, const struct buf *value)
{
	char label[24];

	(void)snprintf(label, sizeof(label), "%s:", name);
	buf_printf(ret, "  %-14s ", label);
	escape_bytes(ret, value->len ? value->data : "-", value->len ? value->len : 1);
	buf_putc(ret, '\n');
}

/* The fields that are made of others, as text. */
struct shown {
	struct buf key_id, signature_id, authority, from, to;
};

static void shown_free(struct shown *shown)
{
	buf_free(&shown->key_id);
	buf_free(&shown->signature_id);
	buf_free(&shown->authority);
	buf_free(&shown->from);
	buf_free(&shown->to);
}

static void show_fill(const struct x509_facts *facts, struct shown *ret)
{
	add_id(&ret->key_id, &facts->subject_id, X509_ID_MAX);
	if (facts->subject_id.len >= CERTVIEW_KEY_ID)
		add_id(&ret->signature_id, &facts->subject_id, CERTVIEW_KEY_ID);
	add_id(&ret->authority, &facts->authority_id, X509_ID_MAX);
	add_time(&ret->from, facts->not_before);
	add_time(&ret->to, facts->not_after);
}

static void show_text(const struct certview *view, struct buf *ret)
{
	const struct x509_facts *facts = &view->facts;
	_cleanup_(shown_free) struct shown shown = {0};
	_cleanup_buf_ struct buf format = {0};

	show_fill(facts, &shown);
	buf_puts(&format, view->form.is_pem ? "PEM" : "DER");
	if (view->form.trailing)
		buf_printf(&format, ", %zu bytes behind it", view->form.trailing);
	escape_string(ret, view->path);
	buf_puts(ret, ":\n");
	add_row(ret, "subject", &facts->subject);
	add_row(ret, "issuer", &facts->issuer);
	add_row(ret, "serial", &facts->serial);
	add_row(ret, "in the kernel", &facts->description);
	add_row(ret, "key id", &shown.key_id);
	add_row(ret, "in signatures", &shown.signature_id);
	add_row(ret, "issuer's id", &shown.authority);
	add_row(ret, "valid from", &shown.from);
	add_row(ret, "valid to", &shown.to);
	add_row(ret, "key", &facts->key);
	add_row(ret, "signed with", &facts->signature);
	buf_printf(ret, "  %-14s %s\n", "CA:", facts->is_ca ? "yes" : "no");
	add_row(ret, "usage", &facts->usage);
	if (facts->extended_usage.len)
		add_row(ret, "extended", &facts->extended_usage);
	add_row(ret, "format", &format);
}

/* A buffer as a member; null while it is empty. */
static void json_buf(struct json *json, const char *name, const struct buf *value)
{
	if (value->len)
		json_bytes(json, name, value->data, value->len);
	else
		json_null(json, name);
}

static void show_json(const struct certview *view, struct json *json)
{
	const struct x509_facts *facts = &view->facts;
	_cleanup_(shown_free) struct shown shown = {0};

	show_fill(facts, &shown);
	json_object_begin(json, NULL);
	json_string(json, "path", view->path);
	json_buf(json, "subject", &facts->subject);
	json_buf(json, "issuer", &facts->issuer);
	json_buf(json, "serial", &facts->serial);
	json_buf(json, "description", &facts->description);
	json_buf(json, "key_id", &shown.key_id);
	json_buf(json, "signature_id", &shown.signature_id);
	json_buf(json, "authority_id", &shown.authority);
	json_buf(json, "not_before", &shown.from);
	json_buf(json, "not_after", &shown.to);
	json_buf(json, "key", &facts->key);
	json_buf(json, "signature", &facts->signature);
	json_bool(json, "ca", facts->is_ca);
	json_buf(json, "usage", &facts->usage);
	json_buf(json, "extended_usage", &facts->extended_usage);
	json_string(json, "format", view->form.is_pem ? "PEM" : "DER");
	json_number(json, "trailing_bytes", view->form.trailing);
	json_object_end(json);
}

static int run_show(size_t count, char **operands)
{
	_cleanup_buf_ struct buf text = {0};
	struct json json = {.buf = &text};
	int status = EXIT_DONE;
	size_t i;

	if (json_option)
		json_array_begin(&json, NULL);
	for (i = 0; i < count; i++) {
		_cleanup_problem_ struct problem problem = {0};
		_cleanup_(certview_free) struct certview view = {0};

		if (certview_load(operands[i], &view, &problem) < 0)
			status = complain(operands[i], &problem);
		else if (json_option)
			show_json(&view, &json);
		else
			show_text(&view, &text);
	}
	if (json_option) {
		json_array_end(&json);
		buf_putc(&text, '\n');
	}
	if (buf_failed(&text)) {
		log_error("show: out of memory");
		return EXIT_FAILED;
	}
	(void)fwrite(text.data, 1, text.len, stdout);
	return status;
}

static const struct verb_option options[] = {
	{.name = "json", .help = "print an array of objects", .flag = &json_option},
	{0},
};

const struct verb verb_key_show = {
	.name = "show",
	.operands = "CERT...",
	.operands_min = 1,
	.operands_max = (size_t)-1,
	.summary = "print what is in certificates",
	.options = options,
	.run = run_show,
};
