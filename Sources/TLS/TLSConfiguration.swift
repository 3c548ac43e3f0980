/// PEM files for TLS.
package struct TLSConfiguration: Sendable {
    /// The server's certificate first, then the intermediate ones.
    package var certificateChainFile: String
    package var keyFile: String
    /// Whether a key that other users of the machine may read is refused.
    package var requiresPrivateKey = false

    package init(certificateChainFile: String, keyFile: String) {
        self.certificateChainFile = certificateChainFile
        self.keyFile = keyFile
    }
}
