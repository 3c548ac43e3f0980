import Crypto

/// What PostgreSQL 15.20 has said, byte by byte.
enum Recording {
    /// From AuthenticationOk to the first ReadyForQuery.
    static let session = bytes(
        "UgAAAAgAAAAAUwAAAB5hcHBsaWNhdGlvbl9uYW1lAG9wZXNjYXJlAFMAAAAZY2xpZW50X2VuY29kaW5nAFVU"
            + "RjgAUwAAABdEYXRlU3R5bGUASVNPLCBNRFkAUwAAACZkZWZhdWx0X3RyYW5zYWN0aW9uX3JlYWRfb25seQBv"
            + "ZmYAUwAAABdpbl9ob3Rfc3RhbmRieQBvZmYAUwAAABlpbnRlZ2VyX2RhdGV0aW1lcwBvbgBTAAAAG0ludGVy"
            + "dmFsU3R5bGUAcG9zdGdyZXMAUwAAABRpc19zdXBlcnVzZXIAb24AUwAAABlzZXJ2ZXJfZW5jb2RpbmcAVVRG"
            + "OABTAAAAMnNlcnZlcl92ZXJzaW9uADE1LjE4IChEZWJpYW4gMTUuMTgtMCtkZWIxMnUxKQBTAAAAI3Nlc3Np"
            + "b25fYXV0aG9yaXphdGlvbgBwb3N0Z3JlcwBTAAAAI3N0YW5kYXJkX2NvbmZvcm1pbmdfc3RyaW5ncwBvbgBT"
            + "AAAAFVRpbWVab25lAEV0Yy9VVEMASwAAAAwAAHZ0ie04e1oAAAAFSQ==")
    /// A statement of two parameters (bigint, text) and six columns (bigint, text, boolean, bytea, double
    /// precision, integer), prepared in a transaction.
    static let prepared = bytes(
        "MQAAAAR0AAAADgACAAAAFAAAABlUAAAAfgAGYQAAAAAAAAAAAAAUAAj/////AABiAAAAAAAAAAAAABn/////"
            + "//8AAGMAAAAAAAAAAAAAEAAB/////wAAZAAAAAAAAAAAAAAR////////AABlAAAAAAAAAAAAAr0ACP////8A"
            + "AGYAAAAAAAAAAAAAFwAE/////wAAWgAAAAVU")
    /// Its three rows.
    static let rows = bytes(
        "MgAAAAREAAAANgAGAAAACAAAAAAAABJnAAAABUFtaW5hAAAAAQEAAAACAP8AAAAIP+AAAAAAAAD/////RAAA"
            + "ACMABv////8AAAAAAAAAAQAAAAAA/////wAAAAT/////RAAAADUABgAAAAj//////////wAAAALDqf////8A"
            + "AAABBwAAAAgAAAAAAAAAAAAAAAQAAAAHQwAAAA1TRUxFQ1QgMwBaAAAABVQ=")
    /// INSERT and COMMIT in one batch.
    static let commit = bytes(
        "MgAAAARDAAAAD0lOU0VSVCAwIDEAMgAAAARDAAAAC0NPTU1JVABaAAAABUk=")
    /// An INSERT that a unique index refuses.
    static let failure = bytes(
        "MgAAAARFAAAAsVNFUlJPUgBWRVJST1IAQzIzNTA1AE1kdXBsaWNhdGUga2V5IHZhbHVlIHZpb2xhdGVzIHVu"
            + "aXF1ZSBjb25zdHJhaW50ICJyZWNfcGtleSIAREtleSAoaWQpPSgxKSBhbHJlYWR5IGV4aXN0cy4Ac3BnX3Rl"
            + "bXBfMwB0cmVjAG5yZWNfcGtleQBGbmJ0aW5zZXJ0LmMATDY2NABSX2J0X2NoZWNrX3VuaXF1ZQAAWgAAAAVF"
    )

    private static func bytes(_ text: String) -> [UInt8] { Base64.decode(text) ?? [] }
}
