import hooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** What a room may not import; the positive list stands in docs/architecture.md and is proved by test/architecture.test.ts. */
const forbid = (files, ...banned) => ({
  files,
  rules: {
    '@typescript-eslint/no-restricted-imports': ['error', { patterns: banned }],
  },
});

const electron = {
  regex: '^electron(-store)?(/|$)',
  message: 'Only desktop/, account-store, main and preload may touch Electron.',
};
const ssh2 = {
  regex: '^ssh2(/|$)',
  message: 'ssh2 belongs to the tunnel host and the practice host.',
};
const desktop = { regex: '(^|/)desktop/', message: 'Nothing below the desktop may import it.' };
const node = { regex: '^node:', message: 'There is no Node here.' };
const outside = {
  regex: '^\\.\\./(?!shared/)',
  message: 'shared/ imports nothing outside itself.',
};

export default tseslint.config(
  { ignores: ['out', 'release', 'node_modules', 'docs', 'test/.cache'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: './tsconfig.json',
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { attributes: false } },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      // Taking a property out of an object is what the rest is for.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      // There are none, so that the rule that watches them, which takes a fifth of the time, is left out.
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'A union of strings says the same.' },
      ],
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      // Our classes have private fields, for which the compiler itself demands a real instance; this takes another fifth.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['renderer/**/*.{ts,tsx}'],
    languageOptions: { parserOptions: { project: './renderer/tsconfig.json' } },
    plugins: { 'react-hooks': hooks },
    rules: hooks.configs.recommended.rules,
  },
  { files: ['renderer/**/*.tsx', 'test/**/*.ts'], rules: { 'max-lines-per-function': 'off' } },
  {
    files: ['test/**/*.ts'],
    rules: {
      'no-console': 'off',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['**/*.{js,mjs,cjs,mts}'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: { parserOptions: { project: null } },
  },
  {
    files: ['build/**/*.{mjs,cjs}', '*.js'],
    rules: { 'no-console': 'off', '@typescript-eslint/no-require-imports': 'off' },
  },
  forbid(['electron/shared/**'], electron, ssh2, desktop, node, outside),
  forbid(
    [
      'electron/tunnel/**',
      'electron/tunnel-host.ts',
      'electron/practice/**',
      'electron/practice-host.ts',
    ],
    electron,
    desktop,
  ),
  forbid(
    [
      'electron/accounts/**',
      'electron/prompts/**',
      'electron/secrets/**',
      'electron/state/**',
      'electron/client-setup/**',
      'electron/asking/**',
      'electron/core/**',
      'electron/headless/**',
      'electron/control/**',
      'electron/logging/**',
    ],
    electron,
    ssh2,
    desktop,
  ),
  forbid(['electron/accounts/account-store.ts', 'electron/desktop/**', 'electron/main.ts'], ssh2),
  forbid(['electron/preload.ts'], ssh2, node),
  forbid(['renderer/**'], electron, ssh2, desktop, node),
);
