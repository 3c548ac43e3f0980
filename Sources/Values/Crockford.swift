/// Crockford's base32: no `I L O U`, so that nothing is mistaken when read aloud or written by hand.
package enum Crockford {
    package static let upperCase = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    package static let lowerCase = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// The value of a symbol in any case, with `I` and `L` read as 1 and `O` as 0.
    package static func value(of byte: UInt8) -> UInt8? {
        let value = values[Int(byte)]
        return value < 32 ? value : nil
    }

    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 0xff, count: 256)
        for (value, symbol) in upperCase.enumerated() { table[Int(symbol)] = UInt8(value) }
        for (value, symbol) in lowerCase.enumerated() { table[Int(symbol)] = UInt8(value) }
        for slip in "ILil".utf8 { table[Int(slip)] = 1 }
        for slip in "Oo".utf8 { table[Int(slip)] = 0 }
        return table
    }()
}
