import { mount } from './mount';
import { PromptWindow } from './views/prompt/PromptWindow';

void mount(<PromptWindow />);
