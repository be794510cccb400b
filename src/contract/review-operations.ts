import Type from 'typebox';
import { PAGE, strict } from './fields.ts';
import { Deleted } from './model.ts';
import {
  ReviewAnswer,
  ReviewInput,
  ReviewMade,
  ReviewNext,
  ReviewPage,
  ReviewRated,
  ReviewResult,
  ReviewVerdict,
} from './review.ts';

/** The part of the admin API by which people rate answers. Who rates reads texts, which takes the role analyst. */
export const REVIEW_OPERATIONS = {
  'reviews.list': {
    method: 'GET',
    path: '/reviews',
    role: 'viewer',
    summary: 'List batches of answers to be rated',
    query: strict(PAGE),
    answer: ReviewPage,
  },
  'reviews.create': {
    method: 'POST',
    path: '/reviews',
    role: 'operator',
    summary: "Draw a batch at random from models' answers",
    body: ReviewInput,
    status: 201,
    answer: ReviewMade,
  },
  'reviews.get': {
    method: 'GET',
    path: '/reviews/{id}',
    role: 'viewer',
    summary: 'Show a batch and how far it is',
    answer: ReviewAnswer,
  },
  'reviews.delete': {
    method: 'DELETE',
    path: '/reviews/{id}',
    role: 'operator',
    summary: 'Remove a batch with its ratings',
    answer: Deleted,
    conditional: true,
  },
  'reviews.next': {
    method: 'GET',
    path: '/reviews/{id}/next',
    role: 'analyst',
    summary: 'The answer that you rate next, kept for you for a while; which model gave it is not told',
    answer: ReviewNext,
  },
  'reviews.rate': {
    method: 'POST',
    path: '/reviews/{id}/items/{item}',
    role: 'analyst',
    summary: 'Rate an answer, pass it over, or take either back',
    body: ReviewVerdict,
    answer: ReviewRated,
  },
  'reviews.result': {
    method: 'GET',
    path: '/reviews/{id}/result',
    role: 'viewer',
    summary: 'What was found, by model and question, with intervals, and how far reviewers agree',
    answer: ReviewResult,
  },
  'reviews.export': {
    method: 'GET',
    path: '/reviews/{id}/ratings.csv',
    role: 'analyst',
    summary: 'Every rating as CSV',
    answer: Type.String({ description: 'UTF-8 with BOM, RFC 4180; no cell can start a formula' }),
    contentType: 'text/csv; charset=utf-8',
  },
} as const;
