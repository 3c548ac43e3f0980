import Testing
import Values

struct MisspellingTests {
    private let words = ["watch_folder", "state_folder", "port", "host", "trusted_proxies"]

    @Test(arguments: [
        ("watch_foldr", "watch_folder"), ("WATCH-FOLDER", "watch_folder"),
        ("trusted_proxy", "trusted_proxies"), ("prt", "port"), ("ports", "port"), ("hosst", "host"),
    ])
    func whatIsAlikeIsMeant(_ word: String, _ meant: String) {
        #expect(Misspelling.nearest(to: word, among: words) == meant)
    }

    @Test(arguments: ["", "x", "folder", "proxies", String(repeating: "watch_folder", count: 1000)])
    func whatIsUnlikeEverythingIsNothing(_ word: String) {
        #expect(Misspelling.nearest(to: word, among: words) == nil)
    }

    @Test func ofTwoAsNearTheFirstIsTaken() {
        #expect(Misspelling.nearest(to: "most", among: ["most2", "host", "cost"]) == "cost")
    }
}
