/** Compiles the TypeScript blocks of the documentation. */
import ts from 'typescript';

const options: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
  types: [],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  noEmit: true,
};

/** Returns the type errors in modules, with the names of the modules: `docs/queries.md:44 …`. */
export function typeErrorsIn(modules: ReadonlyMap<string, string>): readonly string[] {
  const host = ts.createCompilerHost(options);
  // The files are in the repository's root folder, so that the compiler finds the installed packages.
  const files = new Map(
    [...modules].map(([name, text], at) => [`${process.cwd()}/paper-${at}.mts`, { name, text }]),
  );
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (file) => files.get(file)?.text ?? readFile(file);
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.getSourceFile = (file, version, ...others) => {
    const text = files.get(file)?.text;
    return text === undefined
      ? getSourceFile(file, version, ...others)
      : ts.createSourceFile(file, text, version, true);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const name = files.get(file?.fileName ?? '')?.name ?? 'elsewhere';
    return `${name}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

/** Whether a fragment can be parsed as the members of a class or of an object. */
export function isReadableFragment(text: string): boolean {
  return [`class Fragment {\n${text}\n}`, `const fragment = {\n${text}\n};`].some(
    (whole) => syntaxErrorsIn(whole).length === 0,
  );
}

function syntaxErrorsIn(text: string): readonly unknown[] {
  const { diagnostics = [] } = ts.transpileModule(text, {
    compilerOptions: options,
    reportDiagnostics: true,
  });
  return diagnostics;
}

/** Compiles and loads a module that has no imports. */
export async function loadModule(text: string): Promise<Readonly<Record<string, unknown>>> {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  const address = `data:text/javascript;base64,${Buffer.from(outputText).toString('base64')}`;
  return (await import(/* @vite-ignore */ address)) as Readonly<Record<string, unknown>>;
}
