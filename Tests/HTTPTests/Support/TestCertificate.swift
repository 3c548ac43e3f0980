import COpenSSL
import Foundation
import HTTP
import TLS
import Testing

/// A fresh self-signed certificate and its key in a directory of their own.
final class TestCertificate {
    let directory: URL
    let configuration: TLSConfiguration

    init(name: String = "localhost") throws {
        directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("opescare-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        configuration = TLSConfiguration(
            certificateChainFile: directory.appendingPathComponent("cert.pem").path,
            keyFile: directory.appendingPathComponent("key.pem").path)
        try make(name: name)
    }

    deinit {
        // A directory left in /tmp is no failure of the test.
        try? FileManager.default.removeItem(at: directory)
    }

    /// Replaces both files.
    ///
    /// In process: Foundation's `Process` is not safe to run from several tests at once.
    func make(name: String) throws {
        let context = unsafe EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil)
        defer { unsafe EVP_PKEY_CTX_free(context) }
        var made: OpaquePointer?
        try #require(unsafe EVP_PKEY_keygen_init(context) == 1)
        try #require(
            unsafe EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1)
        try #require(unsafe EVP_PKEY_keygen(context, &made) == 1)
        let key = unsafe made
        defer { unsafe EVP_PKEY_free(key) }
        let certificate = unsafe X509_new()
        defer { unsafe X509_free(certificate) }
        unsafe X509_set_version(certificate, 2)
        unsafe ASN1_INTEGER_set(X509_get_serialNumber(certificate), Int.random(in: 1...1 << 30))
        unsafe X509_gmtime_adj(X509_getm_notBefore(certificate), 0)
        unsafe X509_gmtime_adj(X509_getm_notAfter(certificate), 2 * 86_400)
        unsafe X509_set_pubkey(certificate, key)
        let subject = unsafe X509_get_subject_name(certificate)
        unsafe X509_NAME_add_entry_by_txt(
            subject, "CN", MBSTRING_FLAG | 1, Array(name.utf8), Int32(name.utf8.count), -1, 0)
        unsafe X509_set_issuer_name(certificate, subject)
        try #require(unsafe X509_sign(certificate, key, EVP_sha256()) > 0)
        let certificateFile = unsafe BIO_new_file(configuration.certificateChainFile, "w")
        defer { unsafe BIO_free(certificateFile) }
        try #require(unsafe PEM_write_bio_X509(certificateFile, certificate) == 1)
        let keyFile = unsafe BIO_new_file(configuration.keyFile, "w")
        defer { unsafe BIO_free(keyFile) }
        try #require(
            unsafe PEM_write_bio_PrivateKey(keyFile, key, nil, nil, 0, nil, nil) == 1)
    }

    func write(_ text: String, to file: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    }
}
