/**
 * Compiles every operation of schema/operations with the compilers that clients use: Relay's, GraphQL Code Generator's
 * client preset, and, where Python has it, ariadne-codegen; and looks at them by the rules that GraphQL-ESLint recommends.
 * Ends with 1 where one refuses.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const operations = readdirSync(join(root, 'schema/operations')).map((file) => ({
  file,
  text: readFileSync(join(root, 'schema/operations', file), 'utf8'),
}));

const folder = mkdtempSync(join(tmpdir(), 'compilers-'));
copyFileSync(join(root, 'schema/schema.graphql'), join(folder, 'schema.graphql'));
let failed = 0;
/** Levels that our pages may have; its own rule allows seven. */
const deepest = 9;
try {
  check('relay-compiler', relay);
  check('client preset', clientPreset);
  check('graphql-eslint', eslint);
  if (spawnSync('ariadne-codegen', ['--help']).status === 0) check('ariadne-codegen', ariadne);
  else say('ariadne-codegen is not on the PATH: skipped');
} finally {
  rmSync(folder, { recursive: true });
}
process.exitCode = failed > 0 ? 1 : 0;

function say(text) {
  process.stdout.write(`${text}\n`);
}

function check(name, compile) {
  try {
    compile();
    say(`${name}: ${operations.length} operations`);
  } catch (error) {
    failed += 1;
    say(`${name} refuses: ${error.stdout ?? ''}${error.stderr ?? error.message}`);
  }
}

/** It takes operations out of modules alone, whose names these must begin with. */
function relay() {
  const source = join(folder, 'relay');
  mkdirSync(source);
  for (const { text } of operations) {
    const [, name] = /query (\w+)/.exec(text);
    const named = text
      .replace(`query ${name}`, `query ${name}Query`)
      .replace(/fragment (\w+)/g, `fragment ${name}_$1`)
      .replace(/\.\.\.([A-Z]\w+)/g, `...${name}_$1`)
      .replaceAll('`', "'");
    writeFileSync(
      join(source, `${name}.ts`),
      `import { graphql } from 'relay-runtime';\nexport const operation = graphql\`${named}\`;\n`,
    );
  }
  const persistConfig = { file: './documents.json', algorithm: 'MD5' };
  const config = {
    src: './relay',
    schema: './schema.graphql',
    language: 'typescript',
    eagerEsModules: true,
    persistConfig,
  };
  // Relay adds to this file, so it must be there.
  writeFileSync(join(folder, 'documents.json'), '{}');
  writeFileSync(join(folder, 'relay.config.json'), JSON.stringify(config));
  run(process.execPath, [join(here, 'node_modules/relay-compiler/cli.js'), 'relay.config.json']);
  trusts(join(folder, 'documents.json'));
}

/** Starts the built program with a manifest of trusted documents. It refuses a manifest that is not right. */
function trusts(manifest) {
  const count = Object.keys(JSON.parse(readFileSync(manifest, 'utf8'))).length;
  if (count !== operations.length) throw new Error(`The manifest has ${count} documents.`);
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'dist/pms-graphql.js')], {
    env: { PATH: process.env.PATH, PORT: '0', TRUSTED_DOCUMENTS: manifest },
    encoding: 'utf8',
    timeout: 10_000,
  });
  // Without a fault it runs until the time is over, and then ends as usual.
  if (status !== null && status !== 0) throw new Error(stderr);
}

function clientPreset() {
  const config = {
    schema: join(folder, 'schema.graphql'),
    documents: [join(root, 'schema/operations/*.graphql')],
    generates: {
      [`${join(folder, 'client')}/`]: { preset: 'client', presetConfig: { persistedDocuments: true } },
    },
  };
  const path = join(here, 'codegen.generated.json');
  writeFileSync(path, JSON.stringify(config));
  try {
    // It looks for its presets where it is run.
    run(
      process.execPath,
      [join(here, 'node_modules/@graphql-codegen/cli/esm/bin.js'), '--config', path],
      here,
    );
  } finally {
    rmSync(path);
  }
  trusts(join(folder, 'client/persisted-documents.json'));
}

function eslint() {
  const path = join(here, 'eslint.generated.mjs');
  const operations = join(here, 'operations.generated');
  cpSync(join(root, 'schema/operations'), operations, { recursive: true });
  writeFileSync(
    path,
    `import graphql from '@graphql-eslint/eslint-plugin';
const { rules } = graphql.configs['flat/operations-recommended'];
export default [{
  files: ['**/*.graphql'],
  languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: {
    schema: ${JSON.stringify(join(folder, 'schema.graphql'))},
    documents: ${JSON.stringify(join(operations, '*.graphql'))},
  } } },
  plugins: { '@graphql-eslint': graphql },
  rules: { ...rules, '@graphql-eslint/selection-set-depth': ['error', { maxDepth: ${deepest} }] },
}];
`,
  );
  try {
    const given = ['--config', path, '--max-warnings', '0', operations];
    run(process.execPath, [join(here, 'node_modules/eslint/bin/eslint.js'), ...given], here);
  } finally {
    rmSync(path);
    rmSync(operations, { recursive: true });
  }
}

function ariadne() {
  mkdirSync(join(folder, 'operations'));
  for (const { file, text } of operations) writeFileSync(join(folder, 'operations', file), text);
  writeFileSync(
    join(folder, 'pyproject.toml'),
    '[tool.ariadne-codegen]\nschema_path = "schema.graphql"\nqueries_path = "operations"\n',
  );
  run('ariadne-codegen', ['client']);
}

function run(command, given, cwd = folder) {
  execFileSync(command, given, { cwd, stdio: 'pipe', encoding: 'utf8' });
}
