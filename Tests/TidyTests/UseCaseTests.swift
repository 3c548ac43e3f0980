import Testing

/// Routes and commands do what administrators do by the same use cases.
struct UseCaseTests {
    @Test(arguments: [
        ("Clients", "Access/ClientRoutes", "ClientCommands", ["ClientStore"]),
        ("Agents", "Access/AgentRoutes", "AgentCommands", ["BridgeAgentStore"]),
        ("APIKeys", "Access/APIKeyRoutes", "APIKeyCommands", ["APIKeyStore"]),
        ("SDKTokens", "Access/SDKTokenRoutes", "SDKTokenCommands", ["SDKTokenStore"]),
        ("ClientOrigins", "Access/ClientRoutes", "ClientCommands", ["ClientOriginStore"]),
        ("ClientKeys", "Access/ClientKeyRoutes", "ClientKeyCommands", ["ClientKeyStore"]),
        ("AdminTokens", "Access/AdminTokenRoutes", "AdminTokenCommands", ["AdminTokenStore"]),
        ("Facilities", "Facilities/FacilityRoutes", "FacilityCommands", ["FacilityStore"]),
        ("Quarantine", "Waiting/QuarantineRoutes", "QuarantineCommands", ["QuarantineStore"]),
        (
            "PendingRecords", "Waiting/PendingRecordRoutes", "PendingCommands",
            ["PendingRecordStore"]
        ),
        (
            "Webhooks", "Webhooks/DeliveryRoutes", "WebhookCommands",
            ["SubscriptionStore", "DeliveryStore", "EventStore.find"]
        ),
    ])
    func routesAndCommandsReachNoStore(
        _ useCases: String, _ routes: String, _ commands: String, _ stores: [String]
    ) throws {
        for file in ["Sources/API/\(routes).swift", "Sources/opescare/\(commands).swift"] {
            let text = try SourceTree.text(file)
            #expect(text.contains(" \(useCases)."), "\(file)")
            for store in stores { #expect(!text.contains(store), "\(file): \(store)") }
        }
    }
}
