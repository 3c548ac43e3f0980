#include "CAssets.h"

#define ASSET(name) \
    const opescare_asset name = { name##_bytes, sizeof name##_bytes }

static const unsigned char opescare_openapi_yaml_bytes[] = {
#embed "../../openapi.yaml"
};
ASSET(opescare_openapi_yaml);

static const unsigned char opescare_openapi_yaml_gz_bytes[] = {
#embed "documents/openapi.yaml.gz"
};
ASSET(opescare_openapi_yaml_gz);

static const unsigned char opescare_openapi_json_bytes[] = {
#embed "documents/openapi.json"
};
ASSET(opescare_openapi_json);

static const unsigned char opescare_openapi_json_gz_bytes[] = {
#embed "documents/openapi.json.gz"
};
ASSET(opescare_openapi_json_gz);

static const unsigned char opescare_openapi_admin_yaml_bytes[] = {
#embed "../../openapi-admin.yaml"
};
ASSET(opescare_openapi_admin_yaml);

static const unsigned char opescare_openapi_admin_yaml_gz_bytes[] = {
#embed "documents/openapi-admin.yaml.gz"
};
ASSET(opescare_openapi_admin_yaml_gz);

static const unsigned char opescare_openapi_admin_json_bytes[] = {
#embed "documents/openapi-admin.json"
};
ASSET(opescare_openapi_admin_json);

static const unsigned char opescare_openapi_admin_json_gz_bytes[] = {
#embed "documents/openapi-admin.json.gz"
};
ASSET(opescare_openapi_admin_json_gz);

static const unsigned char opescare_sdk_py_bytes[] = {
#embed "sdk/opescare.py"
};
ASSET(opescare_sdk_py);

static const unsigned char opescare_sdk_php_bytes[] = {
#embed "sdk/opescare.php"
};
ASSET(opescare_sdk_php);

static const unsigned char opescare_sdk_mjs_bytes[] = {
#embed "sdk/opescare.mjs"
};
ASSET(opescare_sdk_mjs);

static const unsigned char opescare_sdk_d_ts_bytes[] = {
#embed "sdk/opescare.d.ts"
};
ASSET(opescare_sdk_d_ts);

// The pages come in parts, joined in this order.

static const unsigned char opescare_index_html_bytes[] = {
#embed "pages/shared/head.html" suffix(,)
#embed "pages/shared/style.css" suffix(,)
#embed "pages/index/style.css" suffix(,)
#embed "pages/index/page.html"
};
ASSET(opescare_index_html);

static const unsigned char opescare_playground_html_bytes[] = {
#embed "pages/shared/head.html" suffix(,)
#embed "pages/shared/style.css" suffix(,)
#embed "pages/playground/style.css" suffix(,)
#embed "pages/playground/page.html" suffix(,)
#embed "pages/shared/make.js" suffix(,)
#embed "pages/shared/language.js" suffix(,)
#embed "pages/playground/words.en.js" suffix(,)
#embed "pages/playground/words.fr.js" suffix(,)
#embed "pages/playground/main.js" suffix(,)
#embed "pages/shared/end.html"
};
ASSET(opescare_playground_html);

static const unsigned char opescare_docs_html_bytes[] = {
#embed "pages/shared/head.html" suffix(,)
#embed "pages/shared/style.css" suffix(,)
#embed "pages/docs/style.css" suffix(,)
#embed "pages/docs/page.html" suffix(,)
#embed "pages/docs/start.html" suffix(,)
#embed "pages/docs/authentication.html" suffix(,)
#embed "pages/docs/errors.html" suffix(,)
#embed "pages/docs/idempotency.html" suffix(,)
#embed "pages/docs/rate-limits.html" suffix(,)
#embed "pages/docs/consent.html" suffix(,)
#embed "pages/docs/bridge.html" suffix(,)
#embed "pages/docs/healthcare.html" suffix(,)
#embed "pages/docs/webhooks.html" suffix(,)
#embed "pages/docs/webhook-signatures.html" suffix(,)
#embed "pages/docs/end.html" suffix(,)
#embed "pages/docs/copy.js" suffix(,)
#embed "pages/docs/languages.js" suffix(,)
#embed "pages/shared/end.html"
};
ASSET(opescare_docs_html);

static const unsigned char opescare_docs_sdk_html_bytes[] = {
#embed "pages/shared/head.html" suffix(,)
#embed "pages/shared/style.css" suffix(,)
#embed "pages/docs/style.css" suffix(,)
#embed "pages/docs/sdk.html" suffix(,)
#embed "pages/docs/end.html" suffix(,)
#embed "pages/docs/copy.js" suffix(,)
#embed "pages/docs/languages.js" suffix(,)
#embed "pages/shared/end.html"
};
ASSET(opescare_docs_sdk_html);

static const unsigned char opescare_docs_fhir_html_bytes[] = {
#embed "pages/shared/head.html" suffix(,)
#embed "pages/shared/style.css" suffix(,)
#embed "pages/docs/style.css" suffix(,)
#embed "pages/docs/fhir.html" suffix(,)
#embed "pages/docs/end.html" suffix(,)
#embed "pages/docs/copy.js" suffix(,)
#embed "pages/docs/languages.js" suffix(,)
#embed "pages/shared/end.html"
};
ASSET(opescare_docs_fhir_html);

static const unsigned char opescare_admin_html_bytes[] = {
#embed "pages/shared/head.html" suffix(,)
#embed "pages/shared/style.css" suffix(,)
#embed "pages/admin/style.css" suffix(,)
#embed "pages/admin/page.html" suffix(,)
#embed "pages/shared/make.js" suffix(,)
#embed "pages/shared/language.js" suffix(,)
#embed "pages/admin/words.en.js" suffix(,)
#embed "pages/admin/words.fr.js" suffix(,)
#embed "pages/admin/words.duplicates.en.js" suffix(,)
#embed "pages/admin/words.duplicates.fr.js" suffix(,)
#embed "pages/admin/values.js" suffix(,)
#embed "pages/admin/calls.js" suffix(,)
#embed "pages/admin/buttons.js" suffix(,)
#embed "pages/admin/tables.js" suffix(,)
#embed "pages/admin/dialogs.js" suffix(,)
#embed "pages/admin/fields.js" suffix(,)
#embed "pages/admin/charts.js" suffix(,)
#embed "pages/admin/sections/overview.js" suffix(,)
#embed "pages/admin/sections/agents.js" suffix(,)
#embed "pages/admin/sections/clients.js" suffix(,)
#embed "pages/admin/sections/keys.js" suffix(,)
#embed "pages/admin/sections/sdk.js" suffix(,)
#embed "pages/admin/sections/facilities.js" suffix(,)
#embed "pages/admin/sections/deliveries.js" suffix(,)
#embed "pages/admin/sections/quarantine.js" suffix(,)
#embed "pages/admin/sections/pending.js" suffix(,)
#embed "pages/admin/sections/people.js" suffix(,)
#embed "pages/admin/sections/review.js" suffix(,)
#embed "pages/admin/sections/duplicates.js" suffix(,)
#embed "pages/admin/sections/duplicate-card.js" suffix(,)
#embed "pages/admin/sections/duplicate-figures.js" suffix(,)
#embed "pages/admin/sections/contradictions.js" suffix(,)
#embed "pages/admin/sections/consents.js" suffix(,)
#embed "pages/admin/sections/emergency.js" suffix(,)
#embed "pages/admin/sections/audit.js" suffix(,)
#embed "pages/admin/sections/access.js" suffix(,)
#embed "pages/admin/sections/tokens.js" suffix(,)
#embed "pages/admin/main.js" suffix(,)
#embed "pages/shared/end.html"
};
ASSET(opescare_admin_html);

static const unsigned char opescare_widget_html_bytes[] = {
#embed "pages/shared/head.html" suffix(,)
#embed "pages/shared/style.css" suffix(,)
#embed "pages/widget/style.css" suffix(,)
#embed "pages/widget/page.html" suffix(,)
#embed "pages/shared/make.js" suffix(,)
#embed "pages/widget/page.js" suffix(,)
#embed "pages/widget/words.en.js" suffix(,)
#embed "pages/widget/words.fr.js" suffix(,)
#embed "pages/widget/words.ar.js" suffix(,)
#embed "pages/widget/messages.js" suffix(,)
#embed "pages/widget/views.js" suffix(,)
#embed "pages/widget/record.js" suffix(,)
#embed "pages/widget/main.js" suffix(,)
#embed "pages/shared/end.html"
};
ASSET(opescare_widget_html);

static const unsigned char opescare_widget_gone_html_bytes[] = {
#embed "pages/shared/head.html" suffix(,)
#embed "pages/shared/style.css" suffix(,)
#embed "pages/widget/style.css" suffix(,)
#embed "pages/widget/gone.html"
};
ASSET(opescare_widget_gone_html);

static const unsigned char opescare_widget_docs_html_bytes[] = {
#embed "pages/shared/head.html" suffix(,)
#embed "pages/shared/style.css" suffix(,)
#embed "pages/docs/style.css" suffix(,)
#embed "pages/widget-docs/page.html" suffix(,)
#embed "pages/docs/copy.js" suffix(,)
#embed "pages/shared/end.html"
};
ASSET(opescare_widget_docs_html);

static const unsigned char opescare_widget_demo_html_bytes[] = {
#embed "pages/shared/head.html" suffix(,)
#embed "pages/shared/style.css" suffix(,)
#embed "pages/widget-docs/demo.html" suffix(,)
#embed "pages/widget-docs/demo.js" suffix(,)
#embed "pages/shared/end.html"
};
ASSET(opescare_widget_demo_html);

static const unsigned char opescare_widget_loader_js_bytes[] = {
#embed "pages/widget/loader.js"
};
ASSET(opescare_widget_loader_js);

static const unsigned char opescare_migration_0001_bytes[] = {
#embed "../../migrations/0001_initial/access.sql" suffix(,)
#embed "../../migrations/0001_initial/patients.sql" suffix(,)
#embed "../../migrations/0001_initial/consents.sql" suffix(,)
#embed "../../migrations/0001_initial/records.sql" suffix(,)
#embed "../../migrations/0001_initial/clinics.sql" suffix(,)
#embed "../../migrations/0001_initial/bridge.sql" suffix(,)
#embed "../../migrations/0001_initial/audit.sql" suffix(,)
#embed "../../migrations/0001_initial/webhooks.sql" suffix(,)
#embed "../../migrations/0001_initial/exports.sql" suffix(,)
#embed "../../migrations/0001_initial/widget.sql" suffix(,)
#embed "../../migrations/0001_initial/inventory.sql" suffix(,)
#embed "../../migrations/0001_initial/payments.sql"
};
ASSET(opescare_migration_0001);

static const unsigned char opescare_migration_0001_postgres_bytes[] = {
#embed "../../migrations/0001_initial.postgres.sql"
};
ASSET(opescare_migration_0001_postgres);
