import Testing

@testable import BridgeAgent

struct FileTypeTests {
    @Test(arguments: [
        ("patients_2026.csv", FileType.patient), ("encounters_x.csv", .encounter),
        ("lab_results_2026-06-01.csv", .labResult), ("prescriptions_1.csv", .prescription),
        ("PATIENTS_2026.CSV", .patient), ("export_Lab_Results_3.csv", .labResult),
        // The longest token wins.
        ("inpatient_encounters_x.csv", .encounter), ("outpatients_encounters_x.csv", .encounter),
        ("patients_lab_results_x.csv", .labResult), ("patients_vitals_1.csv", .patient),
        ("visits_1.csv", .visit), ("vitals_1.csv", .vital), ("diagnoses_1.csv", .diagnosis),
        ("pharmacy_stock_1.csv", .pharmacyStock), ("blood_stock_1.csv", .bloodStock),
        ("appointments_1.csv", .appointment), ("payments_1.csv", .payment),
    ])
    func isToldByTheName(_ name: String, _ type: FileType) {
        #expect(FileType(fileName: name) == type)
    }

    @Test(arguments: ["patients.csv", "lab-results-1.csv", "x.csv", "", "encounter_1.csv"])
    func isUnknownOtherwise(_ name: String) {
        #expect(FileType(fileName: name) == nil)
    }
}

struct FilePatternTests {
    @Test(arguments: [
        ("*.csv", "a.csv", true), ("*.csv", "A.CSV", true), ("*.csv", "a.csv.bak", false),
        ("*.csv", ".csv", true), ("*", "", true), ("a?c", "abc", true), ("a?c", "ac", false),
        ("*_[ab].csv", "x_b.csv", true), ("*_[ab].csv", "x_c.csv", false),
        ("a*b*c", "a_b_b_c", true), ("a*b*c", "a_c_b", false), ("", "", true), ("", "a", false),
        ("[", "[", true), ("É*", "élan", true),
        ("*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
    ])
    func matches(_ pattern: String, _ name: String, _ expected: Bool) {
        #expect(FilePattern(pattern).matches(name) == expected)
    }
}

struct SettlingTests {
    private let start = ContinuousClock.now
    private let pattern = FilePattern("*.csv")

    private func status(_ size: Int64, modified: Int64 = 5) -> FileStatus {
        FileStatus(inode: 1, size: size, modified: modified)
    }

    @Test func waitsUntilAFileIsQuiet() {
        var settling = Settling(quiet: .seconds(2))
        var look = settling.look(["a.csv": status(1)], at: start)
        #expect(look.complete.isEmpty)
        #expect(look.nextLook == start + .seconds(2))
        look = settling.look(["a.csv": status(1)], at: start + .seconds(1))
        #expect(look.complete.isEmpty)
        look = settling.look(["a.csv": status(1)], at: start + .seconds(2))
        #expect(look.complete == ["a.csv"])
        #expect(look.nextLook == nil)
    }

    @Test func anyChangeBeginsTheWaitAnew() {
        for changed in [
            status(2), status(1, modified: 6), FileStatus(inode: 2, size: 1, modified: 5),
        ] {
            var settling = Settling(quiet: .seconds(2))
            _ = settling.look(["a.csv": status(1)], at: start)
            let look = settling.look(["a.csv": changed], at: start + .seconds(2))
            #expect(look.complete.isEmpty)
            let later = settling.look(["a.csv": changed], at: start + .seconds(4))
            #expect(later.complete == ["a.csv"])
        }
    }

    @Test func aFileThatWentAndCameBackIsNew() {
        var settling = Settling(quiet: .seconds(2))
        _ = settling.look(["a.csv": status(1)], at: start)
        _ = settling.look([:], at: start + .seconds(1))
        #expect(settling.look(["a.csv": status(1)], at: start + .seconds(2)).complete.isEmpty)
    }

    @Test func takesTheOldestFirst() {
        var settling = Settling(quiet: .zero)
        let files = [
            "b": status(1, modified: 3), "a": status(1, modified: 4), "c": status(1, modified: 3),
        ]
        #expect(settling.look(files, at: start).complete == ["b", "c", "a"])
    }

    @Test(arguments: [
        ("patients_1.csv", true), (".patients_1.csv", false), ("~$patients_1.csv", false),
        ("patients_1.csv.tmp", false), ("patients_1.csv.part", false), ("patients_1.CSV", true),
        (".~lock.patients_1.csv#", false),
    ])
    func leavesUnfinishedNames(_ name: String, _ expected: Bool) {
        #expect(Settling.isCandidate(name, pattern) == expected)
        // Whatever the pattern says.
        #expect(!Settling.isCandidate("x.tmp", FilePattern("*")))
    }
}
