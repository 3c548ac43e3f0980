import Assets

/// Texts that ship inside the binary.
package enum Documents {
    package static var openAPI: String { String(decoding: Assets.openAPI, as: UTF8.self) }
}
