/** Lists of words that make names nobody could take for a real school, district or trust. */
const MATERIALS = [
  "Amber",
  "Biscuit",
  "Bramble",
  "Button",
  "Candle",
  "Copper",
  "Cotton",
  "Crumpet",
  "Feather",
  "Ginger",
  "Honey",
  "Juniper",
  "Kettle",
  "Lantern",
  "Lavender",
  "Linen",
  "Marmalade",
  "Mustard",
  "Nutmeg",
  "Paper",
  "Pebble",
  "Pepper",
  "Pewter",
  "Plum",
  "Ribbon",
  "Saffron",
  "Teapot",
  "Thimble",
  "Velvet",
  "Walnut",
];
const ANIMALS = [
  "Badger",
  "Beetle",
  "Bittern",
  "Cricket",
  "Curlew",
  "Dormouse",
  "Dragonfly",
  "Falcon",
  "Ferret",
  "Finch",
  "Gecko",
  "Hedgehog",
  "Heron",
  "Kestrel",
  "Lapwing",
  "Lobster",
  "Magpie",
  "Mole",
  "Moth",
  "Newt",
  "Otter",
  "Owl",
  "Pelican",
  "Puffin",
  "Snail",
  "Sparrow",
  "Stoat",
  "Thrush",
  "Toad",
  "Wren",
];
const PLACE_ENDINGS = ["ditch", "hatch", "mere", "nook", "puddle", "reach", "spinney", "wick"];

export const REGIONS = ["Northmoor", "Eastvale", "Southmere", "Westfell"];

/** The n-th name of two lists, each pair used once before a number is added. */
function pair(
  n: number,
  first: readonly string[],
  second: readonly string[],
  join: (a: string, b: string) => string,
): string {
  // Stepping through both lists at once keeps neighbours apart; the round shifts one list against the other.
  const round = Math.floor(n / first.length);
  const name = join(first[n % first.length]!, second[(n + round) % second.length]!);
  const used = Math.floor(n / (first.length * second.length));
  return used === 0 ? name : `${name} ${used + 1}`;
}

/** `Marmalade Otter Primary School` */
export const schoolName = (n: number): string => pair(n, MATERIALS, ANIMALS, (a, b) => `${a} ${b} Primary School`);

/** `Marmalade Otter High School` */
export const inventedSchoolName = (n: number, ending: string): string =>
  pair(n, MATERIALS, ANIMALS, (a, b) => `${a} ${b} ${ending}`);

/** `Teapotmere` */
export const areaName = (n: number): string => pair(n, MATERIALS, PLACE_ENDINGS, (a, b) => `${a}${b}`);

/** `The Velvet Newt Trust` */
export const trustName = (n: number): string =>
  pair(n, [...MATERIALS].reverse(), ANIMALS, (a, b) => `The ${a} ${b} Trust`);
