/** First halves of surnames nobody bears. */
const STEMS = [
  "Amber",
  "Apple",
  "Barley",
  "Biscuit",
  "Bramble",
  "Butter",
  "Button",
  "Candle",
  "Cheddar",
  "Clover",
  "Cobble",
  "Copper",
  "Cotton",
  "Crumpet",
  "Daisy",
  "Feather",
  "Fennel",
  "Fiddle",
  "Ginger",
  "Gravel",
  "Hazel",
  "Honey",
  "Juniper",
  "Kettle",
  "Lantern",
  "Lavender",
  "Linen",
  "Marmalade",
  "Mitten",
  "Muffin",
  "Mustard",
  "Nettle",
  "Nutmeg",
  "Paper",
  "Parsley",
  "Pebble",
  "Pepper",
  "Pewter",
  "Pickle",
  "Plum",
  "Quince",
  "Ribbon",
  "Saffron",
  "Sorrel",
  "Teapot",
  "Thimble",
  "Treacle",
  "Velvet",
  "Walnut",
  "Whistle",
];
const ENDS = [
  "bridge",
  "by",
  "combe",
  "croft",
  "dale",
  "den",
  "fold",
  "garth",
  "hatch",
  "holt",
  "hurst",
  "low",
  "mere",
  "nook",
  "shaw",
  "stow",
  "thorpe",
  "thwaite",
  "wick",
  "worth",
];
const ACCENTED = [
  "Bramblé",
  "Crèmelow",
  "Fiançaby",
  "Gâteaufold",
  "Mélangeworth",
  "Noëlthwaite",
  "Pâtéshaw",
  "Soufflédale",
  "Très-Pépin",
  "Zoëmere",
  "O'Crumpet",
  "O'Teapot",
  "D'Apricot",
  "Mac Kettle",
  "van der Muffin",
];

const plain = STEMS.flatMap((stem, s) =>
  ENDS.map((end, e) => ({ name: `${stem}${end}`, rank: (s * 7 + e * 13) % 1000 })),
);
const ordered = plain.sort((a, b) => a.rank - b.rank).map(({ name }) => name);
// One name with an accent, apostrophe or space to every forty plain ones.
const single = ACCENTED.reduce<readonly string[]>(
  (list, name, i) => [...list.slice(0, 41 * i + 20), name, ...list.slice(41 * i + 20)],
  ordered,
);

/** Every surname that can occur, commoner ones first, double-barrelled ones last. */
export const SURNAMES: readonly string[] = [
  ...single,
  ...Array.from({ length: 400 }, (_, i) => `${single[(i * 37) % 900]}-${single[(i * 61 + 450) % 900]}`),
];
export const SINGLE_SURNAMES = single.length;

const WOMEN =
  "Emma Sarah Laura Rebecca Claire Rachel Charlotte Samantha Katherine Elizabeth Victoria Jennifer Joanne Helen Nicola Amanda Susan Margaret Alexandra Deborah Jacqueline Christine Philippa Josephine Abigail Eleanor Frances Gillian Hannah Isabel Judith Lucy Natalie Olivia Patricia Penelope Ruth Sophie Tamsin Ursula Amina Priya Nadia Zoë Chloë Renée Siân Anne-Marie Mary-Jane Gemma Kirsty Louise Naomi Alison Bethan Catriona Danielle Esther Fiona Grace".split(
    " ",
  );
const MEN =
  "James David Michael Andrew Matthew Christopher Daniel Thomas Robert Richard Jonathan Benjamin Stephen Nicholas Anthony William Edward Joseph Samuel Timothy Gregory Philip Peter Alexander Adam Mark Paul Simon Ian Neil Gareth Hugh Imran Kwame Liam Mohammed Nathan Oliver Patrick Rhys Sanjay Tariq Vincent Zachary André José Jean-Paul Charles Frederick George".split(
    " ",
  );
export const FORENAMES: readonly string[] = [...WOMEN, ...MEN];

/** What people are called, who are called something else in the census. */
export const NICKNAMES: Readonly<Record<string, readonly string[]>> = {
  Rebecca: ["Becky", "Becca"],
  Rachel: ["Rach"],
  Charlotte: ["Charlie", "Lottie"],
  Samantha: ["Sam"],
  Katherine: ["Kate", "Kathy", "Katie"],
  Elizabeth: ["Liz", "Beth", "Lizzie"],
  Victoria: ["Vicky", "Tori"],
  Jennifer: ["Jen", "Jenny"],
  Joanne: ["Jo"],
  Nicola: ["Nicky"],
  Amanda: ["Mandy"],
  Susan: ["Sue"],
  Margaret: ["Maggie", "Meg"],
  Alexandra: ["Alex"],
  Deborah: ["Debbie", "Deb"],
  Jacqueline: ["Jackie"],
  Christine: ["Chris"],
  Philippa: ["Pippa"],
  Josephine: ["Jo"],
  Abigail: ["Abi"],
  Eleanor: ["Ellie", "Nell"],
  Frances: ["Fran"],
  Gillian: ["Gill"],
  Patricia: ["Pat", "Trish"],
  Penelope: ["Penny"],
  Natalie: ["Nat"],
  James: ["Jim", "Jamie"],
  David: ["Dave"],
  Michael: ["Mike", "Mick"],
  Andrew: ["Andy"],
  Matthew: ["Matt"],
  Christopher: ["Chris"],
  Daniel: ["Dan"],
  Thomas: ["Tom"],
  Robert: ["Rob", "Bob"],
  Richard: ["Rick", "Dick"],
  Jonathan: ["Jon"],
  Benjamin: ["Ben"],
  Stephen: ["Steve"],
  Nicholas: ["Nick"],
  Anthony: ["Tony"],
  William: ["Bill", "Will"],
  Edward: ["Ed", "Ted"],
  Joseph: ["Joe"],
  Samuel: ["Sam"],
  Timothy: ["Tim"],
  Gregory: ["Greg"],
  Philip: ["Phil"],
  Peter: ["Pete"],
  Alexander: ["Alex", "Sandy"],
  Charles: ["Charlie"],
  Frederick: ["Fred"],
};

const PLACES = 8192;

/** Codes by commonness: the n-th name of a list weighs 1 / (n + 8), so that namesakes occur as they do in life. */
function drawTable(from: number, count: number): Int16Array {
  const weights = Array.from({ length: count }, (_, n) => 1 / (n + 8));
  const whole = weights.reduce((a, b) => a + b, 0);
  const table = new Int16Array(PLACES);
  let name = 0;
  let reached = weights[0];
  for (let place = 0; place < PLACES; place++) {
    while (name < count - 1 && ((place + 0.5) / PLACES) * whole > reached) reached += weights[++name];
    table[place] = from + name;
  }
  return table;
}

const SURNAME_TABLE = drawTable(0, SINGLE_SURNAMES);
const WOMEN_TABLE = drawTable(0, WOMEN.length);
const MEN_TABLE = drawTable(WOMEN.length, MEN.length);

export const surnameOf = (u: number): number => SURNAME_TABLE[Math.floor(u * PLACES)];
export const forenameOf = (male: number, u: number): number =>
  (male === 1 ? MEN_TABLE : WOMEN_TABLE)[Math.floor(u * PLACES)];
