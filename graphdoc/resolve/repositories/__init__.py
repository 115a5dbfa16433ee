"""What the analysed repositories hold, and which of them an address means."""
