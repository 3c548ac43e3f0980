"""Names, tests, drugs and complaints, by language."""

GIVEN = {
    "fr": "Marie-Claire,Jean-Baptiste,Aïcha,Théophile,Élise,Solange,Noël,Hervé,Clémence,Françoise,"
          "Raphaël,Zoé,Anne-Cécile,François-Xavier,Gaëlle,Amina,Kévin,Désiré,Honorine,Aïssatou",
    "en": "Chukwuemeka,Wanjiku,Grace,Ngozi,Achieng,Ibrahim,Blessing,Kamau,Aisha,Tunde,Ifeoma,Kwame,"
          "Fatima Az-Zahra,'Abd al-Rahman,Mary Anne,Njeri,Emeka,Halima,John-Paul,Nneka",
    "ar": "محمد,أحمد,فاطمة,عائشة,عبد الرحمن,خديجة,يوسف,مريم,إبراهيم,زينب,آمنة,علي,سارة,حسن,هدى,ليلى",
    "wide": "Ọlábísí,Wanjikũ,Ayọ̀délé,Ṣadé,Ngũgĩ,Łucja,Ðorđe,Ŋwoŋ,Ẹniọlá,Wambũi",
}
FAMILY = {
    "fr": "Ngo Bassa,N'Gono,Mbarga,Fouda,Tchakounté,Nkeng,Atangana,Owona,Njoya,Moukouri-Ndoumbé,"
          "d'Alméida,L'Hôpitalier,Lefèvre,Essomba,Kouamé,Ewodo,Bâ,Diallo,Benoît,Çelik",
    "en": "Okafor,Ng'ang'a,Odhiambo,Adeyemi,Mwangi,O'Brien,Eze,Wafula,Bello,El-Hadj,Otieno,Okonkwo-Smith,"
          "Abdullahi,Njoroge,Ojo,Sule,Kiprotich,Nwosu,Musa,Achebe",
    "ar": "الحسن,بن علي,العربي,السيد,حسين,الزهراني,القحطاني,عبد الله,النجار,الشريف,منصور,الخطيب",
    "wide": "Adébáyọ̀,Mũthoni,Ọláwálé,Kĩmani,Ọ̀ṣunlékè,Gĩthĩnji,Şahin,Dvořák",
}
NEWBORN = {"fr": "Nouveau-né de {}", "en": "Baby of {}", "ar": "مولود {}"}
COUNTRIES = {"fr": ("CM", "237", "6"), "en": ("NG", "234", "8"), "ar": ("SA", "966", "5")}
COMPLAINTS = {
    "fr": ["Fièvre depuis 3 jours", "Céphalées; vertiges", "Toux, dyspnée d'effort", "Douleur \"en étau\""],
    "en": ["Fever for 3 days", "Headache; dizziness", "Cough, short of breath", "Pain, \"crushing\""],
    "ar": ["حمى منذ ثلاثة أيام", "صداع ودوار", "سعال وضيق التنفس", "ألم في البطن"],
}
DIAGNOSES = {
    "fr": ["Paludisme simple", "Hypertension artérielle", "Gastro-entérite aiguë"],
    "en": ["Uncomplicated malaria", "Essential hypertension", "Acute gastroenteritis"],
    "ar": ["ملاريا", "ارتفاع ضغط الدم", "التهاب المعدة"],
}
# Name, unit, decimals, smallest and largest value in the last decimal, range.
NUMERIC_TESTS = [
    ("Hémoglobine", "g/dL", 1, 60, 180, (12, 16)), ("Glycémie", "g/L", 2, 40, 320, None),
    ("TSH", "mUI/L", 3, 100, 9000, None), ("Plaquettes", "/mm3", 0, 20_000, 600_000, (150_000, 400_000)),
    ("Créatinine", "µmol/L", 0, 40, 900, (60, 110)), ("NEUT#", "G/L", 2, 50, 1500, None),
    ("NEUT%", "%", 1, 200, 900, (40, 75)),
]
TEXT_TESTS = {
    "fr": [("Goutte épaisse", ["Positif", "Négatif"]), ("CRP", ["<5", "<0,5", ">200"]),
           ("VIH 1/2", ["Non réactif", "Réactif"]), ("Widal TO", ["1/80", "1/160"])],
    "en": [("Malaria smear", ["Positive", "Negative", "Not seen"]), ("CRP", ["<5", "<0.5", ">200"]),
           ("HIV 1/2", ["Non-reactive", "Reactive"]), ("Widal TO", ["1/80", "1/160"])],
    "ar": [("فحص الملاريا", ["إيجابي", "سلبي"]), ("CRP", ["<5", ">200"])],
}
DRUGS = {
    "fr": ["Paracétamol 500 mg", "Amoxicilline 1 g", "Artéméther/Luméfantrine", "Métronidazole, sirop"],
    "en": ["Paracetamol 500 mg", "Amoxicillin 1 g", "Artemether; Lumefantrine", "Metronidazole, syrup"],
    "ar": ["باراسيتامول 500", "أموكسيسيلين", "ميترونيدازول"],
}
GROUPS = ["A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-"]
COMPONENTS = ["whole_blood", "packed_cells", "plasma", "platelets"]
CURRENCIES = [("XAF", 0), ("XAF", 0), ("NGN", 2), ("KWD", 3)]
APPOINTMENTS = ["booked", "checked_in", "attended", "called_off", "no_show"]
STATUSES = ["completed", "completed", "pending", "failed", "cancelled", "refunded"]
