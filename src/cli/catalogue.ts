/**
 * What a command does to things: those that remove, send or change many must be able to show it first (`--dry-run`).
 * `changes` is about one thing, and can be taken back.
 */
export type Effect = 'reads' | 'changes' | 'removes' | 'sends' | 'changes-many';

/** What is told of every command beside its description. */
export interface Entry {
  readonly effect: Effect;
  /** The words behind `vireo`, as somebody might write them. */
  readonly example: string;
}

/** Commands of one word; those of others have two. */
const ONE_WORD: ReadonlySet<string> = new Set(['doctor', 'registrations']);

/** Every command of `vireo`: the help and docs/cli.md show the examples, and each is run by the tests. */
export const catalogue: Readonly<Record<string, Entry>> = {
  ...entries('reads', [
    'backup list --from /mnt/backups',
    'backup verify 2026-01-31T03-00-00Z --no-media',
    'backup rehearse',
    'doctor --quiet',
    'user list --inactive 180',
    'joining blocks',
    'invite list',
    'audit list --action account --since 2026-01-31',
    'report list --state open --source remote',
    'report show 42',
    'rule list',
    'rule test --words casino* --fields caption comment',
    'raid status',
    'hash list',
    'hash export listed.csv',
    'hash matches',
    'queue stats',
    'queue workers',
    'queue list --queue media --state running',
    'queue dlq --queue deliver',
    'federation explain https://far.example/activities/1',
    'federation fetch https://far.example/users/ana --trace',
    'federation instances',
    'delivery dead --host far.example',
    'delivery show 42',
    'delivery hosts',
    'domain list --severity suspend',
    'domain export blocks.csv',
    'domain subscriptions',
    'instance list --software mastodon --failing',
    'instance show far.example',
    'instance ping far.example',
    'instance probe far.example',
    'relay list',
    'media usage',
    'media lookup https://video.example/@ana/42',
    'ranking show',
    'announce list',
    'classifier secret',
    'classifier status',
    'classifier test',
    'settings list',
    'settings get INSTANCE_NAME',
    'settings export',
  ]),
  ...entries('changes', [
    'backup create --media none',
    'user create ana --email ana@mail.example --role moderator',
    'user role ana moderator --reason "Helps with reports."',
    'user reset-password ana',
    'user approve ana',
    'joining block-email mail.example --with-approval',
    'joining block-ip 192.0.2.0/24 --days 30 --comment "A wave of spam."',
    'joining reserve support',
    'invite create --uses 5 --days 7',
    'registrations approval --reason "Too many at once."',
    'report assign 42 ana',
    'report resolve 42 --reason "The video is removed."',
    'report reopen 42',
    'report note 42 "The same person as in 41."',
    'rule add --name Casinos --words casino* --action hold --dry-run',
    'rule enable 42',
    'rule disable 42',
    'raid on --hours 6 --reason "A wave of spam."',
    'raid off',
    'hash add 42 --label "A leaked video"',
    'hash evidence 42 --reason "The police ask for it." --out evidence.mp4',
    'federation find @ana@far.example',
    'actor refresh @ana@far.example',
    'queue pause media',
    'queue resume media',
    'queue drain media --minutes 30',
    'domain media far.example on-view',
    'domain subscribe https://lists.example/blocks.csv --title "Shared blocks"',
    'domain retry 42',
    'domain publish members',
    'ranking set weights.trending=0.3 --reason "Less of the same."',
    'ranking reset',
    'announce add "We move on Sunday." --ends 2026-12-01',
    'announce end 42',
    'announce publish 42',
    'announce undo 42',
    'settings set INSTANCE_NAME "Our videos"',
    'settings reset INSTANCE_NAME',
  ]),
  ...entries('removes', [
    'backup restore --from /mnt/backups --dry-run',
    'user disable-2fa ana',
    'user remove-passkeys ana',
    'user reject ana',
    'joining unblock email 42',
    'invite revoke abcdef',
    'video purge 42 --dry-run',
    'rule remove 42',
    'hash remove 42',
    'announce remove 42',
    'queue discard 42',
    'delivery discard --host far.example',
    'domain purge far.example --dry-run',
    'media prune --remote --days 30 --max-gb 20 --dry-run',
    'media orphans --fix',
  ]),
  ...entries('sends', [
    ...['warn', 'sensitive', 'comments-off', 'no-discovery', 'freeze', 'silence', 'suspend', 'delete'].map(
      (measure) => `user ${measure} ana --reason "Sold feathers." --rule 1`,
    ),
    ...[
      'unwarn',
      'unsensitive',
      'uncomments-off',
      'unno-discovery',
      'unfreeze',
      'unsilence',
      'unsuspend',
    ].map((back) => `user ${back} ana --reason "A mistake."`),
    ...['sensitive', 'comments-off', 'no-discovery', 'remove'].map(
      (measure) => `video ${measure} 42 --reason "Sells feathers."`,
    ),
    ...['unsensitive', 'uncomments-off', 'unno-discovery', 'restore'].map(
      (back) => `video ${back} 42 --reason "A mistake."`,
    ),
    'comment remove 42 --quiet',
    'comment restore 42',
    'delivery retry --host far.example',
    'instance retry far.example',
    'relay add https://relay.example/inbox',
    'relay remove https://relay.example/inbox',
    'mail test ana@mail.example',
  ]),
  ...entries('changes-many', [
    'video retranscode --all --dry-run',
    'video verify 42 --repair',
    'video regenerate-thumbnails 42',
    'video move 42 --to s3',
    'hash import listed.csv --dry-run',
    'queue retry --queue deliver',
    'inbox replay https://far.example/activities/1',
    'queue rebuild',
    'domain set far.example --severity silence --public-comment "Spam"',
    'domain block far.example --comment "Spam" --dry-run',
    'domain silence far.example',
    'domain no-feed far.example',
    'domain allow far.example',
    'domain remove far.example --dry-run',
    'domain unblock far.example',
    'domain undo 42',
    'domain import blocks.csv --dry-run',
    'domain unsubscribe 42 --orphan',
    'domain drafts --accept',
    'domain exclude far.example --note "Friends."',
    'media retention --run sessions',
    'media transcribe --all-missing',
    'media move --to s3 --keep',
    'storage check --repair',
    'counters recount --dry-run',
  ]),
};

/** By its words up to the first that is no command; those with more words win. */
function entries(effect: Effect, examples: readonly string[]): Record<string, Entry> {
  return Object.fromEntries(examples.map((example) => [pathIn(example), { effect, example }]));
}

function pathIn(example: string): string {
  const [noun = '', verb] = example.split(' ');
  return ONE_WORD.has(noun) ? noun : `${noun} ${verb}`;
}
