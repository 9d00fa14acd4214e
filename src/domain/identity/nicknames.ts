/**
 * Common English forenames and the short forms people sign with: the formal name, then the others. A short form may
 * belong to several formal names. Collected from everyday use in England; add a line where one is missing.
 */
export const NICKNAMES = `
abigail abi abbie abby gail
alexander alex alec al sandy xander sasha lex
alexandra alex alexa lexi sandra sandy sasha
alfred alf alfie fred
alison ali allie
amanda mandy manda
andrew andy drew
angela angie ange
anne ann anna annie annette nan
anthony antony tony ant
antonia toni
barbara babs barb
benjamin ben benny benji
bernadette bernie
beverley bev
bridget bridie biddy
cameron cam
caroline carolyn caro carrie lyn
catherine katherine kathryn cathryn catharine katharine cath kath cathy kathy kate katie katy kitty kay
charles charlie chas chuck
charlotte charlie lottie lotty charley
christina chris chrissie tina christine
christine chris chrissie tina christina
christopher chris kit topher
clifford cliff
constance connie
cynthia cindy
daniel dan danny
danielle dani
david dave davy davey
deborah debra deb debs debbie
denise denny
derek del
diana di diane dinah
dominic dom
donald don donny
dorothy dot dottie dolly
douglas doug dougie
edward ed eddie ted teddy ned
eleanor ellie nell nellie nora elle
elizabeth elisabeth liz lizzie beth betty bess bessie eliza libby lisa betsy elsie lilibet
emily em emmie millie
emma em
ernest ernie
eugene gene
frances fran frankie francesca
francesca fran frankie chess
francis frank frankie
frederick fred freddie freddy
gabriel gabe
gabrielle gabby gabi
geoffrey jeffrey geoff jeff
georgina georgie gina georgia
gerald gerry jerry
geraldine gerry
gillian gill jill gilly
gordon gordy
graham graeme grahame
gregory greg
gwendolyn gwen wendy
harold harry hal
harriet hattie harry
helen nell helena ellen
henry harry hal hank
imogen immy
isabel isobel isabelle isabella izzy bella issy belle
jacob jake
jacqueline jackie jacqui jacky
james jim jimmy jamie jem
jane janey janie jayne
janet jan
janice jan
jason jay
jean jeannie jeanette
jennifer jen jenny jenni jenna
jeremy jerry jez
jessica jess jessie
joanna joanne jo joann
john jack johnny jon jonny
jonathan jonathon john jon jonny jonty
joseph joe joey
josephine jo josie
joshua josh
joyce joy
judith judy jude
julia julie jules
julian jules
katrina kat trina
kenneth ken kenny
kimberley kim kimberly
laura lauren laurie
lawrence laurence larry laurie lol
leonard len lenny leo
leslie les
lillian lily lil
linda lin lynda lindy
louise lou lulu
louis lewis lou
lucy lucinda lucille
madeleine madeline maddie maddy
magdalena magda
malcolm mal malc
margaret maggie meg peggy marge margie madge rita greta peg
maria mary marie ria
marilyn lyn mari
martin marty martyn
mary molly polly may marie
matilda tilly tilda mattie
matthew matt matty mat
maureen mo reenie
maurice mo
megan meg
melanie mel
melissa mel lissa missy
michael mike mick micky mickey mikey
michelle shell shelley chelle
mohammed muhammad mohammad mohamed muhammed mo
muriel mu
nancy nan
natalie nat natasha
natasha tasha nat
nathan nat nate nathaniel
nathaniel nat nate nathan
nicholas nick nicky nicolas nico
nicola nicky nikki nic nicole
norman norm
olivia liv livvy olive
oliver ollie olly
pamela pam
patricia pat tricia trish patsy patti tish
patrick pat paddy
paul paulie
pauline polly paula
penelope penny pen
peter pete
philip phillip phil pip
philippa pippa pip
phyllis phyl
rachel rach rachael
raymond ray
rebecca becky becca bex rebekah beck
reginald reg reggie
richard rick dick richie ricky rich
robert rob bob bobby robbie bert
roberta bobbie
robin rob
roderick rod roddy
rodney rod
roger rodge
ronald ron ronnie
rosalind ros
rosemary rose rosie romy
russell russ
samantha sam sammy
samuel sam sammy
sarah sara sally sadie
sharon shaz
sheila shelagh
simon si
sophia sophie
stanley stan
stella estelle
stephanie steph stevie
stephen steven steve stevie ste
stuart stewart stu
susan sue susie suzie suzy suzanne susannah
suzanne sue susie suzie suzy susan
sylvia syl
terence terry terrance tel
teresa theresa tess tessa terry tracy
thomas tom tommy
timothy tim timmy
toby tobias
valerie val
vanessa nessa
veronica ronnie vera
victor vic
victoria vicky vicki vikki tori vic
vincent vince vinny
virginia ginny ginger
walter walt wally
wendy gwendolyn
wilfred wilf
william bill will billy willie liam willy
winifred win winnie fred
yvonne vonnie eve
zachary zac zach zak
zoe zoey
`;
