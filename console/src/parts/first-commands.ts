/** What an empty list offers to copy: the next step by command line, from a clone. */
export const ADD_MODEL =
  'bin/sluice models add qwen2-7b-stable --url http://127.0.0.1:11434 --model qwen2:7b';
export const ADD_ROUTE = 'bin/sluice routes add support --default --rule qwen2-7b-stable=100';
export const CREATE_ROLLOUT =
  'bin/sluice rollout create qwen3-june --route support --candidate qwen3-32b-prod';
export const ADD_EXPERIMENT = 'bin/sluice experiment add experiment.json';
