/** The least that a screen costs: Ink, React and one box. */
import { Box, render, Text } from "ink";

render(
  <Box>
    <Text>floor</Text>
  </Box>,
  { alternateScreen: true, interactive: true, exitOnCtrlC: true },
);
