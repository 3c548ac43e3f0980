/// Spellings and short forms of one name, across French, English and Arabic.
///
/// Two names in one row are the same name; two names in different rows are different names, however
/// alike they look: محمد is not محمود, Jean is not Jeanne. Spelt as `PersonName` normalises.
package enum NameVariants {
    /// Names without the article, for so they are looked up.
    package static let rows: [String] = [
        // Arabic and Fulbe names, men's.
        "mohammed mohamed muhammad muhammed mohammad mohamad mouhamed mouhammad muhamad muhamed mohamadou mouhamadou muhammadu mamadou mahamadou mahamat muhammadou محمد",
        "mahmoud mahmud mahmood mahmoudou محمود",
        "ahmed ahmad ahmadou amadou ahmat ahmet احمد",
        "hamid hameed hamidou حميد",
        "hamed حامد", "hamad hamadou حمد", "محمدين",
        "youssef yousef yusuf yousuf yusef youssouf yusufu youssoufa yusufa يوسف",
        "ibrahim ibraheem ibrahima ibrahimou ibrahem brahim ebrahim ابراهيم",
        "ismail ismael ismaila smail esmail اسماعيل اسمعيل",
        "ali aly aliou علي", "alia aliya علياء",
        "alioum aleem alim عليم",
        "omar umar oumar oumarou omarou umaru omer عمر",
        "amr amrou عمرو",
        "othman osman usman ousman ousmane ousmanou uthman usmanu عثمان",
        "abubakar aboubakar boubakar aboubacar abubakr aboubakr abubakari bouba ابوبكر",
        "hassan hasan hassane حسن", "hassoun",
        "hussein husain hussain hosein houssein hossein حسين", "housseini husseini حسيني",
        "khalid khaled خالد",
        "khalil khaleel خليل",
        "saleh salih salihou صالح",
        "salem salim سالم",
        "saleem seleem سليم",
        "salman سلمان", "salam سلام",
        "sulaiman suleiman souleyman souleymane souleymanou soulaiman sulayman suleman suleimanu سليمان",
        "said saeed saidou seidou saied سعيد",
        "saad سعد",
        "saud saoud سعود", "سعدون",
        "fahd fahad فهد", "فهيد",
        "faisal faysal feisal فيصل",
        "nasser nasir naser nassirou ناصر",
        "nasr نصر", "نصير",
        "majed majid ماجد",
        "majeed مجيد", "مجد",
        "rashid rachid rasheed rachidou رشيد",
        "rashed راشد", "rashad رشاد",
        "tareq tarek tariq طارق", "طريق",
        "abdullah abdallah abdoulaye abdulla abdoulahi abdullahi abdulahi عبدالله",
        "abdulrahman abderrahman abdelrahman abdourahman abdourahmane abdurrahman abdramane abdouraman abdouramane abdulraman عبدالرحمن عبدالرحمان",
        "abdulrahim abderrahim abdelrahim abdourahim عبدالرحيم",
        "abdulaziz abdelaziz abdoulaziz عبدالعزيز",
        "abdulkarim abdelkarim abdoulkarim abdulkareem عبدالكريم",
        "abdulkader abdelkader abdoulkader abdulqadir abdulkadir abdulkadiri عبدالقادر",
        "abdulwahab abdelwahab abdoulwahab عبدالوهاب",
        "abdulsalam abdelsalam abdoussalam abdusalam عبدالسلام",
        "abdulmajid abdelmajid abdulmajeed عبدالمجيد", "abdulhamid abdelhamid عبدالحميد",
        "jamal gamal djamal جمال", "kamal كمال",
        "jamil djamil djamilou jameel جميل",
        "moussa musa mousa moussah موسي",
        "issa isa eissa issah عيسي",
        "yaya yahya yahia yahaya يحيي",
        "yacoub yaqoub yakubu yacouba yaqub yacoubou يعقوب",
        "djibril jibril djibrilla jibrilla jibrin جبريل",
        "idris idriss idrissa idrissou edris ادريس",
        "adam adamou ادم", "nouhou nuhu nouh نوح",
        "bachir bachirou bashir bashiru بشير", "hayatou حياتو", "sanoussi sanusi",
        "ilyas iliassou iliasu ilyassou elias ياس", "haman hamman", "younes younus yunus يونس",
        "mouctar moctar mukhtar muktar mokhtar مختار",
        "sami samy سامي", "samir sameer سمير", "samer سامر",
        "waleed walid oualid وليد", "yasser yasir yaser ياسر", "ziad ziyad زياد", "زيد", "زايد",
        "يزيد",
        "turki turky تركي", "sultan soltan سلطان", "mansour mansoor mansur منصور",
        "qasim kassim qassem kassem kasim قاسم", "mustafa moustafa mostafa moustapha مصطفي",
        "hisham hesham hicham هشام", "ayman aiman ايمن", "bassam بسام", "bandar bander بندر",
        "ayoub ayyub ayub ايوب", "marwan merouane marouane مروان", "anwar anouar انور", "انوار",
        "fouad fuad فواد", "munir mounir moneer منير", "nabil nabeel نبيل", "adel adil عادل",
        "عدلي",
        "amer عامر", "amir ameer امير", "ammar amar عمار", "عمران", "hatem hatim حاتم",
        "hamza hamzah حمزه", "حمدي", "osama usama oussama اسامه", "badr bader بدر", "بدران",
        "karim kareem كريم", "كرم", "habib حبيب", "amin ameen امين", "halim حليم",
        "ishaq isaac اسحاق اسحق", "dawood daoud داود داوود", "haroun harun هارون هرون", "طلال",
        "هلال", "بلال bilal",
        "نايف", "نواف", "هاني", "هادي", "صابر saber", "صبري", "جابر jaber", "جبير", "مازن", "يزن",
        // Women's.
        "fatima fatimah fatma fatimata fatoumata fadimatou fatime fatimatou fatema فاطمه", "فطيمه",
        "aisha aicha aysha aissatou aishatu aissata aichatou ayesha عايشه",
        "assia assiatou asiya اسيا",
        "maryam mariam meriem maryama mariama mariamou مريم",
        "khadija khadijah khadidja khadidjatou kadidja hadidja hadiza خديجه",
        "zainab zaynab zeinab zenabou zeinabou zainabu زينب", "زينه",
        "amina aminah aminatou aminata aminatu ameena امينه",
        "amna امنه", "امنيه",
        "halima halimah halimatou حليمه", "حكيمه", "karima kareema كريمه", "habiba habibatou حبيبه",
        "sara sarah ساره", "سماره",
        "noura norah nora نوره",
        "noor nour nur نور", "nouf نوف",
        "layla leila laila ليلي", "lama لمي", "لمياء", "ليان",
        "hawa hawaou hawwa حواء",
        "asma asmaou asmau asmaa اسماء",
        "djamila jamila jamilah djamilatou jameela جميله",
        "hassana assana hassanatou", "housseina husseina hussainatu oussena husseinatou hussaina",
        "ramatou rahmatou رحمه", "rabia rabiatou رابعه", "salamatou سلامه", "سليمه",
        "nafissatou nafissa نفيسه", "safia safiatou safiya صفيه",
        "rakiatou rakiya ruqayya rokaya ruqaya رقيه", "رضيه",
        "hafsa hafsatou حفصه", "balkissou balkissa bilkisu bilkis balkis بلقيس",
        "maimouna maimounatou maimunatu ميمونه", "huda hoda houda هدي", "ندي nada",
        "mona muna mouna مني", "maha مها", "منال",
        "salma selma سلمي", "salwa سلوي", "nadia nadya ناديه", "samira sameera سميره", "سمر",
        "اميره",
        "reem rim rym ريم", "ريما", "hind hend هند", "هناء", "هنادي", "abeer abir عبير", "amal امل",
        "امال",
        "haya", "shaima shaimaa chaima شيماء", "سيماء", "hanan hanane حنان", "حنين haneen",
        "iman eman imane ايمان",
        "latifa latifah لطيفه", "munira mounira moneera منيره", "najla najlaa نجلاء",
        "wafa wafaa وفاء",
        "rachida rasheeda رشيده", "nassira ناصره", "saida سعيده",
        // Families of the Gulf.
        "otaibi oteibi utaibi utaybi عتيبي", "qahtani kahtani gahtani قحطاني", "ghamdi gamdi غامدي",
        "zahrani زهراني", "shehri shahri شهري", "dosari dossary dossari dawsari دوسري",
        "shammari shamari shammary شمري", "mutairi mutayri mutairy مطيري", "harbi حربي",
        "anazi enezi anzi enazi عنزي", "asiri aseeri عسيري", "qarni garni karni قرني",
        "rashidi rasheedi رشيدي", "malki maliki مالكي",
        // French and English.
        "jean", "jeanne", "john", "joan", "jeannette", "jeannot",
        "joseph josef", "josephine", "josephe",
        "paul", "paule", "paulin", "pauline", "paula",
        "pierre peter", "pierrette",
        "michel michael", "michele michelle",
        "marie", "mary", "maria", "mario", "marius", "marion", "marine",
        "francois francis", "francoise", "france",
        "andre andrew", "andree", "andrea",
        "daniel dan danny", "daniele danielle",
        "emmanuel emanuel manu", "emmanuelle",
        "gabriel", "gabrielle",
        "martin", "martine", "martial",
        "dominique", "dominic",
        "christian", "christiane", "christine", "christelle", "christophe christopher",
        "denis dennis", "denise",
        "rene", "renee",
        "simon", "simone",
        "stephane steven stephen etienne", "stephanie stephany",
        "laurent lawrence", "laurence",
        "louis lewis", "louise", "louisette",
        "claude", "claudine", "claudette",
        "yves", "yvette", "yvonne",
        "bernard", "bernadette",
        "antoine anthony antony", "antoinette",
        "nicolas nicholas", "nicole",
        "philippe philip phillip",
        "jacques james", "jacqueline",
        "georges george", "georgette", "georgina",
        "charles charlie", "charlotte", "charlene",
        "robert bob", "roberta",
        "william guillaume will bill",
        "richard", "samuel sam", "samantha",
        "alexandre alexander alex", "alexandra", "alexis",
        "benjamin ben benji", "elisabeth elizabeth elise", "eliza",
        "catherine katherine catharine", "caroline carolyn", "carine karine",
        "theodore", "thomas tom", "timothee timothy",
        "felix", "felicite", "felicia",
        "serge sergio", "sylvie sylvia", "sylvain", "solange",
        "monique monica", "suzanne susan suzana suzan susanne", "frederic frederick",
        // Each a name of its own, most beside one for the other sex.
        "marcel", "marcelle", "pascal", "pascale", "raphael", "raphaelle", "frederique",
        "patrice", "patricia", "patrick", "julien", "julienne", "lucien", "lucienne", "adrien",
        "adrienne", "fabien", "fabienne", "eugene", "eugenie", "leon", "leonie", "joel", "joelle",
        "gael", "gaelle", "noel", "noelle", "valere", "valerie", "alphonse", "alphonsine", "ernest",
        "ernestine", "clement", "clementine", "celestin", "celestine", "augustin", "augustine",
        "justin", "justine", "florent", "florence", "flore", "victor", "victorine", "victoire",
        "albert", "albertine", "gilbert", "gilberte", "eric", "erica", "germain", "germaine",
        "rose",
        "rosine", "bello", "bella",
    ]

    /// A number for each row; names that stand in none have none.
    private static let numbers: [String: Int] = {
        var numbers: [String: Int] = [:]
        for (number, row) in rows.enumerated() {
            for name in row.split(separator: " ") {
                numbers[String(name)] = number
                // A spelling of its own in another row comes first.
                numbers[folded(String(name)), default: number] = number
            }
        }
        for (number, row) in rows.enumerated() {
            for name in row.split(separator: " ") { numbers[String(name)] = number }
        }
        return numbers
    }()

    /// Whether two names are one by this table: `nil` when either is not in it.
    static func areSame(_ left: String, _ right: String) -> Bool? {
        if left == "al" + right || right == "al" + left { return true }
        guard let left = number(of: left), let right = number(of: right) else { return nil }
        return left == right
    }

    private static func number(of name: String) -> Int? {
        if let number = numbers[name] ?? numbers[folded(name)] { return number }
        // "Alotaibi" is "Al-Otaibi".
        guard name.utf8.count > 6, name.hasPrefix("al") else { return nil }
        let rest = String(name.dropFirst(2))
        return numbers[rest] ?? numbers[folded(rest)]
    }

    /// Word by word, for names that are in no row.
    static func areHeardAlike(_ left: [String], _ right: [String]) -> Bool {
        left.count == right.count && zip(left, right).allSatisfy { folded($0) == folded($1) }
    }

    /// What French and English write differently and say alike, in one spelling: `ou` and `u`, `dj`
    /// and `j`, letters twice and once.
    package static func folded(_ name: String) -> String {
        var letters: [UInt8] = []
        for letter in name.utf8 {
            switch (letters.last, letter) {
            case (UInt8(ascii: "o"), UInt8(ascii: "u")): letters[letters.count - 1] = letter
            case (UInt8(ascii: "d"), UInt8(ascii: "j")): letters[letters.count - 1] = letter
            case (letter, _) where letter < 0x80: break
            default: letters.append(letter)
            }
        }
        return String(decoding: letters, as: UTF8.self)
    }
}
