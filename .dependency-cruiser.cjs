/** Who may import whom: architecture, section 2. `npm test` fails when a rule is broken. */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** Tests may look behind a module's face; nobody else may. */
const CODE = '\\.test\\.ts$';

module.exports = {
  forbidden: [
    forbid('no-cycles', 'A cycle means that two parts are one.', {}, { circular: true }),
    forbid(
      'config-stands-alone',
      'Configuration knows nothing of the program.',
      { path: '^config/' },
      { path: '^(src|federation|media|web|test)/' },
    ),
    forbid(
      'lib-knows-no-domain',
      'src/lib knows nothing of our domain.',
      { path: '^src/lib/' },
      { path: '^(src/(?!lib/)|federation|media|web)' },
    ),
    forbid(
      'db-below-modules',
      'src/db may use lib and config.',
      { path: '^src/db/' },
      { path: '^(src/(?!db/|lib/)|federation|media|web)' },
    ),
    forbid(
      'jobs-below-modules',
      'Modules give their handlers to the jobs, not the other way round.',
      { path: '^src/jobs/' },
      { path: '^(src/(?!jobs/|db/|lib/)|federation|media|web)' },
    ),
    forbid(
      'modules-below-doors',
      'Modules know neither HTTP nor the command line nor ActivityPub.',
      { path: '^src/modules/' },
      { path: '^(src/(http|cli|embedded|setup)/|src/(main|context|server)\\.ts|federation/|web/)' },
    ),
    forbid(
      'module-faces',
      'A module is used through its index.ts.',
      { path: '^src/modules/([^/]+)/' },
      { path: '^src/modules/([^/]+)/(?!index\\.ts)', pathNot: '^src/modules/$1/' },
    ),
    forbid(
      'module-faces-outside',
      'A module is used through its index.ts.',
      { path: '^(src/(http|cli)|federation)/', pathNot: CODE },
      { path: '^src/modules/[^/]+/(?!index\\.ts)' },
    ),
    forbid(
      'media-is-apart',
      'media/ gets paths and streams and returns facts.',
      { path: '^media/' },
      { path: '^(src/(?!lib/)|federation|web)|node_modules/(knex|pg|express|bullmq|@fedify)/' },
    ),
    forbid(
      'media-only-for-videos',
      'Of the modules, only videos, sounds, storage, archives, backups, hashes, branding, evidence of reports and for authorities, and the pictures of accounts may use media/.',
      {
        path: '^src/modules/(?!videos/|sounds/|storage/|archives/|backups/|branding/|hashes/|moderation/(?:report-desk|legal-holds)/|accounts/pictures\\.ts$)',
      },
      { path: '^media/' },
    ),
    forbid(
      'federation-below-main',
      'federation/ reaches the program through modules, db, jobs and lib.',
      { path: '^federation/' },
      { path: '^(src/(http|cli|embedded|setup)/|src/(main|context|server)\\.ts|media/|web/)' },
    ),
    forbid(
      'doors-see-no-sql',
      'HTTP and the command line know neither SQL nor Fedify.',
      { path: '^src/(http|cli)/', pathNot: CODE },
      { path: '^federation/|node_modules/(knex|pg|@fedify)/' },
    ),
    forbid(
      'only-transactions-from-db',
      'HTTP and the command line see of src/db only the type that opens a transaction.',
      { path: '^src/(http|cli)/', pathNot: CODE },
      { path: '^src/db/(?!database\\.ts)' },
    ),
    forbid(
      'fedify-in-one-place',
      'Fedify is configured and wrapped in three files.',
      {
        path: '^(src|federation|media)/',
        pathNot: `${CODE}|^federation/(federation|router)\\.ts|^federation/net/fedify-loaders\\.ts`,
      },
      { path: 'node_modules/@fedify/' },
    ),
    forbid(
      'one-spawn',
      'Only media/ffmpeg-process.ts, the embedded stack and the set-up start processes.',
      {
        path: '^(src/(?!embedded/|setup/)|federation|media/(?!ffmpeg-process\\.ts|ffmpeg-prefix\\.ts|ffmpeg\\.ts))',
        pathNot: CODE,
      },
      { path: '^(node:)?child_process$' },
    ),
    forbid(
      'one-fetch-layer',
      'undici is used by the fetch layer alone.',
      { path: '^(src/(?!lib/net/)|federation|media)' },
      { path: 'node_modules/undici/' },
    ),
    forbid(
      'migrations-stand-alone',
      'A migration means the same for ever.',
      { path: '^migrations/' },
      { path: '^(src|config|federation|media|web)/' },
    ),
    forbid(
      'web-is-apart',
      'The browser client knows the server by generated types only.',
      { path: '^web/' },
      { path: '^(src|federation|media|config|migrations)/' },
    ),
    forbid(
      'nothing-imports-web',
      'The server serves the built client as files.',
      { path: '^(src|federation|media|config)/' },
      { path: '^web/' },
    ),
    forbid(
      'no-tests-in-product',
      'The product does not know its tests.',
      { path: '^(src|federation|media|config|web)/', pathNot: CODE },
      { path: '^test/|\\.test\\.ts$' },
    ),
    forbid(
      'tests-import-no-tests',
      'A worker loads a module once: what a test file registers for another is missing once it has run there itself.',
      { path: CODE },
      { path: CODE },
    ),
    forbid('no-unresolved', 'Every import leads somewhere.', {}, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(web/dist|\\.cache|data)/' },
    tsPreCompilationDeps: true,
    // dependency-cruiser reads TypeScript through its compiler up to version 6 only; swc reads it too.
    parser: 'swc',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs'],
    },
  },
};
