import Testing

@testable import HTTP

struct HTTPRequestTests {
    @Test func findsFieldsWhateverTheirCase() {
        let request = HTTPRequest(
            .get, "/",
            fields: [
                ("Accept", "a/b"), ("ACCEPT", "c/d"), ("X-Empty", ""), ("Authorization", "B t"),
            ])
        #expect(request.field("accept") == "a/b, c/d")
        #expect(request.fieldCount("Accept") == 2)
        #expect(request.field("x-empty") == "")
        #expect(request.field("accep") == nil)
        #expect(request.fieldBytes("authorization").map(Array.init) == Array("B t".utf8))
        #expect(request.fieldBytes("none") == nil)
        #expect(request.field("Host") == "localhost")
    }

    @Test(arguments: [
        ("/a/b?c=d", "/a/b"), ("http://h/a?b", "/a"), ("HTTPS://h", "/"), ("http://h?x=1", "/"),
        ("/%41//../x", "/%41//../x"), ("/?", "/"),
    ])
    func reducesTargetsToPaths(_ target: String, _ path: String) {
        let request = HTTPRequest(.get, target)
        #expect(request.path == path)
        #expect(request.target == target)
    }

    @Test(arguments: [
        ("/?a=1&b=2", "1"), ("/?b=2&a=1&a=3", "1"), ("/?a", ""), ("/?a=", ""), ("/?b=1", nil),
        ("/", nil), ("/?a=%20+x", "  x"), ("/?%61=y", "y"), ("/?a=b=c", "b=c"), ("/?a=%ff", nil),
        ("/?a=%zz%4", "%zz%4"), ("/?&&a=1", "1"), ("/?A=1", nil), ("/?a=%C3%A9", "é"),
        ("http://h?a=1", "1"), ("/?aa=1&a=2", "2"), ("/?a=%41", "A"),
    ])
    func decodesTheQuery(_ target: String, _ value: String?) {
        #expect(HTTPRequest(.get, target).query("a") == value)
    }

    @Test func listsQueryItemsInOrderWithoutInvalidOnes() {
        let items = HTTPRequest(.get, "/?a=1&b=%ff&c+d=2&a=3&&e").queryItems
        #expect(items.map(\.name) == ["a", "c d", "a", "e"])
        #expect(items.map(\.value) == ["1", "2", "3", ""])
    }

    @Test func buildsRequestsThroughTheParser() {
        let request = HTTPRequest(.post, "/x", fields: [("Host", "a:1")], body: [1, 2, 3])
        #expect(request.method == .post)
        #expect(request.field("host") == "a:1")
        #expect(request.field("Content-Length") == "3")
        #expect(request.body == [1, 2, 3])
        #expect(request.peer.description == "127.0.0.1")
    }

    @Test(arguments: [
        ("a=1", ["1"]), ("b=2; a=1", ["1"]), ("b=2;a=1", ["1"]), ("a=1; a=2", ["1", "2"]),
        ("a=x=y", ["x=y"]), ("a=1, b=3; a=2", ["1", "2"]), ("a=", [""]), ("aa=1", []),
        ("xa=1", []), ("b=2;\u{301}a=1", []), ("b=2\u{301};a=1", ["1"]),
        ("a=\u{301}1", ["\u{301}1"]),
        ("a", []), ("A=1", []), ("", []),
    ])
    func readsCookiesByTheirExactName(_ field: String, _ values: [String]) {
        let request = HTTPRequest(.get, "/", fields: [("Cookie", field)])
        #expect(request.cookies("a") == values)
        #expect(HTTPRequest(.get, "/").cookies("a").isEmpty)
    }

    @Test(arguments: [
        ("/x", []), ("/x?a=1", []), ("/x?a=1&b=1", []), ("/x?a=1&a=1", ["a"]),
        ("/x?a=1&b=2&b=3&%61=4&a=5", ["b", "a"]), ("/x?a&a", ["a"]), ("/x?a=1&A=2&", []),
    ])
    func namesWhatComesTwiceInTheQuery(_ target: String, _ names: [String]) {
        #expect(HTTPRequest(.get, target).repeatedQueryNames == names)
    }
}
