#include "CAssets.h"

#define ASSET(name) \
    const opescare_asset name = { name##_bytes, sizeof name##_bytes }

static const unsigned char opescare_openapi_yaml_bytes[] = {
#embed "../../openapi.yaml"
};
ASSET(opescare_openapi_yaml);

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
