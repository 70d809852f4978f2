import { mount } from './mount';
import { App } from './views/App';

void mount(<App />);
