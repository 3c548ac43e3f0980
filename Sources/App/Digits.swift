extension String {
    /// The text with Arabic-Indic (٠–٩) and Persian (۰–۹) digits as 0 to 9, which they are.
    package var asciiDigits: String {
        // Nearly every text; the lead bytes of both are D9 and DB.
        guard utf8.contains(where: { $0 == 0xD9 || $0 == 0xDB }) else { return self }
        var digits = UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar.value {
            case 0x660...0x669: digits.append(Unicode.Scalar(UInt8(scalar.value - 0x660 + 48)))
            case 0x6F0...0x6F9: digits.append(Unicode.Scalar(UInt8(scalar.value - 0x6F0 + 48)))
            default: digits.append(scalar)
            }
        }
        return String(digits)
    }
}
