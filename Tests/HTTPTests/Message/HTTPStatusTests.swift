import HTTP
import Testing

struct HTTPStatusTests {
    @Test func knowsItsNumber() {
        #expect(HTTPStatus.ok.code == 200)
    }
}
