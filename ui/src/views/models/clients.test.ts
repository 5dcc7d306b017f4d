import { describe, expect, it } from 'vitest';
import type { RegisteredModel } from '../../gen/RegisteredModel';
import type { RegisteredVersion } from '../../gen/RegisteredVersion';
import { clientChoice, clientFacts, loadCommand } from './clients';

function version(number: number, origin: RegisteredVersion['origin'], aliases: string[] = []): RegisteredVersion {
  return {
    model: 'churn',
    version: number,
    stage: 'development',
    aliases,
    description: '',
    tags: {},
    run_id: null,
    origin,
    created_ms: 0,
    updated_ms: 0,
  };
}

const client = (source: string): RegisteredVersion['origin'] => ({
  kind: 'client',
  source,
  location: 's3://b/x',
  run_link: '',
  logged_model: null,
});

const model: RegisteredModel = {
  model: 'churn',
  description: '',
  tags: {},
  aliases: { champion: 1, next: 2 },
  created_ms: 0,
  updated_ms: 0,
  versions: [version(2, client('s3://b/x'), ['next']), version(1, { kind: 'assay' }, ['champion'])],
};

describe('the version of a client that a route means', () => {
  it.each([
    [null, 2],
    ['latest', 2],
    ['2', 2],
    ['next', 2],
    ['1', null],
    ['champion', null],
    ['9', null],
    ['absent', null],
  ])('for %s is %s', (selector, number) => {
    expect(clientChoice(model, selector)?.version?.version ?? null).toBe(number);
  });

  it('is none for a model without versions, which is still a client’s', () => {
    expect(clientChoice({ ...model, versions: [] }, null)).toEqual({
      model: { ...model, versions: [] },
      version: null,
    });
  });
});

describe('what is said of a client’s version', () => {
  it('names the place of its files once', () => {
    expect(clientFacts(version(1, client('s3://b/x'))).map(({ name }) => name)).toEqual(['source']);
    expect(clientFacts(version(1, client('models:/m-1'))).map(({ name }) => name)).toEqual(['source', 'files']);
  });

  it('opens by an alias before a number', () => {
    expect(loadCommand(version(3, client('x'), ['champion']))).toBe(
      'mlflow.pyfunc.load_model("models:/churn@champion")',
    );
    expect(loadCommand(version(3, client('x')))).toBe('mlflow.pyfunc.load_model("models:/churn/3")');
  });
});
