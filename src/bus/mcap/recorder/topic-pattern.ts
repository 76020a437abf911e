export { topicMatcher } from '../../topic-pattern.js';
