"""How the window looks: colours, their contrast, the bundled font, and one style for all widgets."""
