import COpenSSL
package func z() -> Int { OpenSSL_version_num() == 0 ? 1 : 2 }
