import CAssets

/// Files that ship inside the binary, as bytes.
package enum Assets {
    /// A file as it is and, where it is kept so, compressed by gzip.
    package struct Published: Sendable {
        package let plain: [UInt8]
        package let gzip: [UInt8]?
    }

    /// The API of partners, `openapi.yaml` from the project's root.
    package static let openAPI = unsafe Published(
        plain: bytes(of: opescare_openapi_yaml), gzip: bytes(of: opescare_openapi_yaml_gz))

    /// The same as JSON.
    package static let openAPIJSON = unsafe Published(
        plain: bytes(of: opescare_openapi_json), gzip: bytes(of: opescare_openapi_json_gz))

    /// The API of administrators, `openapi-admin.yaml` from the project's root.
    package static let adminOpenAPI = unsafe Published(
        plain: bytes(of: opescare_openapi_admin_yaml),
        gzip: bytes(of: opescare_openapi_admin_yaml_gz))

    /// The same as JSON.
    package static let adminOpenAPIJSON = unsafe Published(
        plain: bytes(of: opescare_openapi_admin_json),
        gzip: bytes(of: opescare_openapi_admin_json_gz))

    /// Our own clients.
    package static let pythonClient = unsafe Published(
        plain: bytes(of: opescare_sdk_py), gzip: nil)
    package static let phpClient = unsafe Published(
        plain: bytes(of: opescare_sdk_php), gzip: nil)
    package static let javaScriptClient = unsafe Published(
        plain: bytes(of: opescare_sdk_mjs), gzip: nil)
    package static let javaScriptTypes = unsafe Published(
        plain: bytes(of: opescare_sdk_d_ts), gzip: nil)

    /// The page at `/`.
    package static let index = unsafe bytes(of: opescare_index_html)

    /// The page at `/docs/playground`.
    package static let playground = unsafe bytes(of: opescare_playground_html)

    /// The page at `/docs`, but for its table of scopes.
    package static let docs = unsafe bytes(of: opescare_docs_html)

    /// The page at `/docs/sdk`.
    package static let docsSDK = unsafe bytes(of: opescare_docs_sdk_html)

    /// The page at `/docs/fhir`.
    package static let docsFHIR = unsafe bytes(of: opescare_docs_fhir_html)

    /// The page at `/admin`.
    package static let admin = unsafe bytes(of: opescare_admin_html)

    /// The page in the widget's frame, but for its session's origins.
    package static let widget = unsafe bytes(of: opescare_widget_html)

    /// What the frame shows of a session that nobody knows any more.
    package static let widgetGone = unsafe bytes(of: opescare_widget_gone_html)

    /// The page at `/docs/widget`, but for the loader's name and hash.
    package static let widgetDocs = unsafe bytes(of: opescare_widget_docs_html)

    /// The page at `/docs/widget/demo`.
    package static let widgetDemo = unsafe bytes(of: opescare_widget_demo_html)

    /// The script that puts the frame on a client's page.
    package static let widgetLoader = unsafe bytes(of: opescare_widget_loader_js)

    /// `migrations/0001_initial/`, its files one after the other.
    package static let migration0001 = unsafe bytes(of: opescare_migration_0001)
    /// `migrations/0001_initial.postgres.sql`.
    package static let migration0001Postgres = unsafe bytes(of: opescare_migration_0001_postgres)

    private static func bytes(of asset: opescare_asset) -> [UInt8] {
        unsafe [UInt8](UnsafeBufferPointer(start: asset.bytes, count: asset.count))
    }
}
