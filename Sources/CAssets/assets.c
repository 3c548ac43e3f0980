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

static const unsigned char opescare_index_html_bytes[] = {
#embed "pages/index.html"
};
ASSET(opescare_index_html);

static const unsigned char opescare_playground_html_bytes[] = {
#embed "pages/playground.html"
};
ASSET(opescare_playground_html);

static const unsigned char opescare_docs_html_bytes[] = {
#embed "pages/docs.html"
};
ASSET(opescare_docs_html);

static const unsigned char opescare_admin_html_bytes[] = {
#embed "pages/admin.html"
};
ASSET(opescare_admin_html);

static const unsigned char opescare_migration_0001_bytes[] = {
#embed "../../migrations/0001_initial.sql"
};
ASSET(opescare_migration_0001);
