// Files that ship inside the binary. `#embed` takes milliseconds where SwiftPM's `.embedInCode`,
// a Swift array literal, takes 100 s for 250 kB; and the compiler tracks the file as a dependency.
#ifndef OPESCARE_CASSETS_H
#define OPESCARE_CASSETS_H

#include <stddef.h>

/// A file's bytes. They are constant and live as long as the process.
typedef struct {
    const unsigned char *bytes;
    size_t count;
} opescare_asset;

/// `openapi.yaml` and `openapi-admin.yaml` from the project's root; as JSON; and each compressed.
extern const opescare_asset opescare_openapi_yaml;
extern const opescare_asset opescare_openapi_yaml_gz;
extern const opescare_asset opescare_openapi_json;
extern const opescare_asset opescare_openapi_json_gz;
extern const opescare_asset opescare_openapi_admin_yaml;
extern const opescare_asset opescare_openapi_admin_yaml_gz;
extern const opescare_asset opescare_openapi_admin_json;
extern const opescare_asset opescare_openapi_admin_json_gz;

/// Our own clients, `sdk` beside this folder.
extern const opescare_asset opescare_sdk_py;
extern const opescare_asset opescare_sdk_php;
extern const opescare_asset opescare_sdk_mjs;
extern const opescare_asset opescare_sdk_d_ts;

/// The pages, each joined of its parts in `pages` beside this folder.
extern const opescare_asset opescare_index_html;
extern const opescare_asset opescare_playground_html;
extern const opescare_asset opescare_docs_html;
extern const opescare_asset opescare_docs_sdk_html;
extern const opescare_asset opescare_docs_fhir_html;
extern const opescare_asset opescare_admin_html;
extern const opescare_asset opescare_widget_html;
extern const opescare_asset opescare_widget_gone_html;
extern const opescare_asset opescare_widget_docs_html;
extern const opescare_asset opescare_widget_demo_html;

/// The script that clients' pages load.
extern const opescare_asset opescare_widget_loader_js;

/// `migrations/0001_initial/`, its files one after the other.
extern const opescare_asset opescare_migration_0001;

/// `migrations/0001_initial.postgres.sql`.
extern const opescare_asset opescare_migration_0001_postgres;

#endif
