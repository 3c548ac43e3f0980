import Testing

@testable import HTTP

struct HTTPResponseTests {
    private func head(
        _ response: HTTPResponse, length: Int?, minor: UInt8 = 1, keepsAlive: Bool = true
    ) -> String {
        var output = OutputBuffer(capacity: 4)
        output.appendHead(
            response, length: length, date: Array("\r\nDate: D\r\n".utf8),
            exchange: Exchange(isHead: false, minorVersion: minor, keepsAlive: true),
            keepsAlive: keepsAlive)
        return unsafe String(decoding: output.bytes, as: UTF8.self)
    }

    @Test func replacesAndAppendsFields() {
        var response = HTTPResponse(.ok, contentType: "text/plain")
        response.setField("X-One", "1")
        response.setField("content-type", "application/json")
        response.setField("X-Bytes", bytes: Array("b:c".utf8))
        response.appendField("X-One", "2")
        #expect(response.field("Content-Type") == "application/json")
        #expect(response.field("x-one") == "1, 2")
        #expect(response.field("x-bytes") == "b:c")
        response.setField("X-ONE", "3")
        #expect(response.field("x-one") == "3")
        #expect(response.field("x") == nil)
    }

    @Test func framesEveryKindOfResponse() {
        #expect(
            head(HTTPResponse(.ok), length: 0)
                == "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 0\r\n\r\n")
        #expect(
            head(HTTPResponse(.noContent), length: 0)
                == "HTTP/1.1 204 No Content\r\nDate: D\r\n\r\n")
        #expect(
            head(HTTPResponse(.notModified), length: 10, keepsAlive: false)
                == "HTTP/1.1 304 Not Modified\r\nDate: D\r\nConnection: close\r\n\r\n")
        #expect(
            head(HTTPResponse(.ok), length: nil)
                == "HTTP/1.1 200 OK\r\nDate: D\r\nTransfer-Encoding: chunked\r\n\r\n")
        #expect(
            head(HTTPResponse(.ok), length: nil, minor: 0, keepsAlive: false)
                == "HTTP/1.1 200 OK\r\nDate: D\r\nConnection: close\r\n\r\n")
        #expect(
            head(HTTPResponse(HTTPStatus(code: 299)), length: 1234567890, minor: 0)
                == "HTTP/1.1 299 \r\nDate: D\r\nContent-Length: 1234567890\r\n"
                + "Connection: keep-alive\r\n\r\n")
    }

    @Test(arguments: [
        (0, "0"), (9, "9"), (10, "a"), (255, "ff"), (4096, "1000"), (0xDEAD_BEEF, "deadbeef"),
    ])
    func writesHexadecimal(_ value: Int, _ text: String) {
        var output = OutputBuffer()
        output.append(hexadecimal: value)
        #expect(unsafe String(decoding: output.bytes, as: UTF8.self) == text)
    }

    @Test(arguments: [
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        (1_735_689_599, "Tue, 31 Dec 2024 23:59:59 GMT"),
    ])
    func writesDates(_ second: Int, _ text: String) {
        let line = String(decoding: DateField.line(for: second), as: UTF8.self)
        #expect(line == "\r\nDate: \(text)\r\n")
    }

    @Test func everyFailureHasItsStatusAndASentence() {
        for failure in HTTPFailure.allCases {
            #expect(failure.status.code >= 400)
            #expect("\(failure.status.reasonPhrase)" != "")
            #expect("\(failure.message)".hasSuffix("."))
        }
    }
}
