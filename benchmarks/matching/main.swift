import Foundation

// How good the matching is: on FEBRL's data sets, and on a population of its own making.

let arguments = Array(CommandLine.arguments.dropFirst())
if let command = arguments.first, command == "population", arguments.count <= 4 {
    let numbers = arguments.dropFirst().compactMap { Int($0) }.filter { $0 > 0 }
    if numbers.count == arguments.count - 1 {
        let isGood = await measurePopulation(
            of: numbers.first ?? 1_000_000, runs: numbers.count > 1 ? numbers[1] : 1,
            seed: numbers.count > 2 ? numbers[2] : 2026)
        exit(isGood ? 0 : 1)
    }
} else if let folder = arguments.first, arguments.count == 1 {
    exit(try measureFEBRL(in: folder) ? 0 : 1)
}
print(
    """
    usage: matching FOLDER                     the folder with FEBRL's dataset3.csv,
                                               dataset4a.csv, dataset4b.csv
           matching population [PEOPLE [RUNS [SEED]]]
                                               false links among people made up
    """)
exit(2)
