import { join } from 'node:path';
import { format } from 'prettier';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { setupSchema } from '../../../../electron/accounts/import/setup-file';

/** After a change of the format: `npx vitest run --project unit test/unit/accounts/import/setup-schema.test.ts -u`. */
it('docs/setup-file.schema.json is what the program itself checks set-up files by', async () => {
  const schema = z.toJSONSchema(setupSchema(), { io: 'input' });
  const text = await format(JSON.stringify({ ...schema, title: 'Set-up file of Mailmole' }), {
    parser: 'json',
    printWidth: 100,
  });
  const file = join(import.meta.dirname, '../../../../docs/setup-file.schema.json');
  await expect(text).toMatchFileSnapshot(file);
});
