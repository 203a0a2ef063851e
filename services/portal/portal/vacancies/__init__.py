"""An employer's vacancies: post, change, pause, resume, close."""
