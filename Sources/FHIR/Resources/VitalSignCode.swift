import Values

/// The LOINC codes of vital signs (FHIR R4 vital signs profile), by how people name them.
struct VitalSignCode: Sendable, Equatable {
    let codes: [String]
    /// Which half of a pressure it is; each is told within the whole (FHIR R4 blood pressure profile).
    var component: String?

    static func named(_ name: String) -> VitalSignCode? { words[name] }

    /// A sign's name, as vital signs have it that were sent side by side.
    static func name(ofCode code: String) -> String? { names[code] }

    private static let names = [
        "8310-5": "temperature", "8867-4": "heart_rate", "9279-1": "respiratory_rate",
        "2708-6": "oxygen_saturation", "59408-5": "oxygen_saturation", "29463-7": "weight",
        "8302-2": "height", "39156-5": "bmi", "9843-4": "head_circumference",
        "85354-9": "blood_pressure", systolic: "systolic_bp", diastolic: "diastolic_bp",
    ]

    static let bloodPressure = VitalSignCode(codes: ["85354-9"])
    static let systolic = "8480-6"
    static let diastolic = "8462-4"

    private static let words = WordList<VitalSignCode>([
        (
            VitalSignCode(codes: ["8310-5"]),
            "temperature,temp,body temperature,température,température corporelle,t°,حرارة,درجة الحرارة"
        ),
        (
            VitalSignCode(codes: ["8867-4"]),
            "heart rate,heart_rate,pulse,pulse rate,hr,fréquence cardiaque,fc,pouls,نبض,معدل ضربات القلب"
        ),
        (
            VitalSignCode(codes: ["9279-1"]),
            "respiratory rate,respiratory_rate,respiration,respirations,rr,fréquence respiratoire,fr,"
                + "معدل التنفس"
        ),
        (
            VitalSignCode(codes: ["2708-6", "59408-5"]),
            "oxygen saturation,oxygen_saturation,spo2,sao2,o2 sat,o2 saturation,saturation,"
                + "saturation en oxygène,تشبع الأكسجين"
        ),
        (VitalSignCode(codes: ["29463-7"]), "weight,body weight,poids,وزن,الوزن"),
        (VitalSignCode(codes: ["8302-2"]), "height,body height,taille,طول,الطول"),
        (VitalSignCode(codes: ["39156-5"]), "bmi,body mass index,imc,مؤشر كتلة الجسم"),
        (
            VitalSignCode(codes: ["9843-4"]),
            "head circumference,head_circumference,périmètre crânien,pc,محيط الرأس"
        ),
        (
            bloodPressure,
            "blood pressure,blood_pressure,bp,tension,tension artérielle,pression artérielle,ta,pa,"
                + "ضغط,ضغط الدم"
        ),
        (
            VitalSignCode(codes: bloodPressure.codes, component: systolic),
            "systolic bp,systolic_bp,systolic,sbp,systolic blood pressure,systolique,pas"
        ),
        (
            VitalSignCode(codes: bloodPressure.codes, component: diastolic),
            "diastolic bp,diastolic_bp,diastolic,dbp,diastolic blood pressure,diastolique,pad"
        ),
    ])
}

/// LOINC codes: up to seven digits, a hyphen, and a check digit (mod 10, LOINC Users' Guide).
enum LOINC {
    static func isCode(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 2, (1...7).contains(parts[0].count), parts[1].count == 1,
            parts.joined().allSatisfy({ (48...57).contains($0) }), let check = parts[1].first
        else { return false }
        var sum = 0
        for (place, digit) in parts[0].reversed().enumerated() {
            let value = Int(digit) - 48
            let doubled = place.isMultiple(of: 2) ? value * 2 : value
            sum += doubled > 9 ? doubled - 9 : doubled
        }
        return (10 - sum % 10) % 10 == Int(check) - 48
    }
}
