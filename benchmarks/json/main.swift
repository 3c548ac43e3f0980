// Reads one JSON text again and again: `json FILE SECONDS` prints megabytes a second of CPU time.
//
// Compiled together with Sources/JSON, not part of the package: `benchmarks/run json` says how.
import Glibc

guard CommandLine.arguments.count == 3, let seconds = Double(CommandLine.arguments[2]),
    let file = fopen(CommandLine.arguments[1], "r")
else { exit(2) }

var body: [UInt8] = []
while case let byte = getc(file), byte != EOF { body.append(UInt8(truncatingIfNeeded: byte)) }
fclose(file)

func cpuSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

let limits = JSONLimits()
let start = cpuSeconds()
var count = 0
var records = 0
while cpuSeconds() - start < seconds {
    for _ in 0..<50 {
        let document = try JSONDocument(body, limits: limits)
        records += document.root["records"] == nil ? 0 : 1
    }
    count += 50
}
guard records == count else { exit(1) }
print(Double(body.count * count) / (cpuSeconds() - start) / 1e6)
