/// UTF-8, or else Windows-1252, decided field by field: a file may be joined from several systems,
/// and text in Windows-1252 is practically never valid UTF-8 by accident.
enum TextEncoding {
    /// The field as UTF-8.
    static func utf8(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        if field.allSatisfy({ $0 < 0x80 }) || isUTF8(field) { return field }
        var text: [UInt8] = []
        text.reserveCapacity(field.count * 2)
        for byte in field {
            guard byte >= 0x80 else {
                text.append(byte)
                continue
            }
            let scalar = byte < 0xA0 ? windows1252[Int(byte) - 0x80] : UInt16(byte)
            if scalar < 0x800 {
                text.append(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6))
            } else {
                text.append(UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12))
                text.append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F))
            }
            text.append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
        }
        return text[...]
    }

    static func string(_ field: ArraySlice<UInt8>) -> String {
        String(decoding: utf8(field), as: UTF8.self)
    }

    static func isUTF8(_ bytes: ArraySlice<UInt8>) -> Bool {
        String(validating: bytes, as: UTF8.self) != nil
    }

    /// 0x80 to 0x9F; the five bytes that Windows leaves undefined keep their number (WHATWG).
    private static let windows1252: [UInt16] = [
        0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
    ]
}
